// Package cloud stands in for a cloud's node pools and for the autoscaler that sizes them. Instances take time to come and to
// go, may be sold out, and cost money from the moment they are there. What happens is written to a journal.
package cloud

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"

	"controlplane/delay"
	"controlplane/journal"
)

type Cloud struct {
	ctx     context.Context
	client  kubernetes.Interface
	nodes   listers.NodeLister
	pods    listers.PodLister
	journal *journal.Journal
	seed    uint64
	scans   chan scans

	mu    sync.Mutex
	pools map[string]*group
	grown time.Time // the last scale-up
}

// group is a pool and its instances, oldest first.
type group struct {
	Pool
	name      string
	instances []*instance
	orders    int       // numbers the instances
	paused    time.Time // no order before
	spent     time.Duration
}

// event is a line of the journal.
type event struct {
	Kind     string  `json:"kind"` // set, ordered, failed, running, usable, unneeded, kept, reclaimed, removed, dropped
	Pool     string  `json:"pool"`
	Instance string  `json:"instance,omitempty"`
	Size     int     `json:"size"` // of the pool, afterwards
	Reason   string  `json:"reason,omitempty"`
	BilledS  float64 `json:"billed_s,omitempty"` // of the instance, when it is removed
	Cost     float64 `json:"cost,omitempty"`
}

// New begins to scale every scan; the caller starts the factory. Delays that are drawn repeat with the seed.
func New(ctx context.Context, client kubernetes.Interface, factory informers.SharedInformerFactory,
	journal *journal.Journal, scan time.Duration, seed uint64) *Cloud {
	c := &Cloud{ctx: ctx, client: client, journal: journal, seed: seed, scans: make(chan scans),
		pools: map[string]*group{},
		nodes: factory.Core().V1().Nodes().Lister(), pods: factory.Core().V1().Pods().Lister()}
	go c.loop(scans{first: scan, each: scan})
	return c
}

// scans are when the autoscaler looks, from now on.
type scans struct{ first, each time.Duration }

func (c *Cloud) loop(when scans) {
	timer := time.NewTimer(when.first)
	defer timer.Stop()
	for next := time.Now().Add(when.first); ; timer.Reset(time.Until(next)) {
		select {
		case <-timer.C:
			c.scale(next) // not a little later: what is so for exactly sixty scans has been so for sixty intervals
			next = next.Add(when.each)
		case when = <-c.scans:
			next = time.Now().Add(when.first)
		case <-c.ctx.Done():
			return
		}
	}
}

func (c *Cloud) note(g *group, kind string, i *instance, reason string) {
	e := event{Kind: kind, Pool: g.name, Size: g.Size, Reason: reason}
	if i != nil {
		e.Instance = i.Name
		if kind == "removed" {
			e.BilledS = i.billed(time.Now()).Seconds()
			e.Cost = e.BilledS * g.PricePerS
		}
	}
	c.journal.Write(e)
}

// resize orders instances up to the pool's size, or removes the newest above it.
func (c *Cloud) resize(g *group, reason string) {
	for c.alive(g) < g.Size {
		c.order(g, reason)
	}
	for n := len(g.instances) - 1; n >= 0 && c.alive(g) > g.Size; n-- {
		if i := g.instances[n]; i.State != marked {
			c.mark(i, reason)
		}
	}
}

// alive counts what is not on its way out.
func (c *Cloud) alive(g *group) (n int) {
	for _, i := range g.instances {
		if i.State != marked {
			n++
		}
	}
	return n
}

func (c *Cloud) order(g *group, reason string) {
	g.orders++
	i := &instance{Name: fmt.Sprintf("%s-%d", g.name, g.orders), State: ordered, pool: g, number: g.orders,
		ordered: time.Now()}
	g.instances = append(g.instances, i)
	c.note(g, "ordered", i, reason)
	if g.NeverEvery > 0 && g.orders%g.NeverEvery == 0 {
		return // given up by and by
	}
	luck := delay.Luck(c.seed, "node/"+g.name, i.number)
	boot, gpu := g.Boot.Draw(i.number, luck), g.GPU.Draw(i.number, luck)
	c.after(g.Provision.Draw(i.number, luck), i, func() {
		if i.State != ordered {
			return
		}
		if g.SoldOut {
			c.fail(i, "sold out")
			return
		}
		i.State, i.since = running, time.Now()
		c.note(g, "running", i, "")
		node := g.node(i.Name, g.name, i.number, boot, gpu)
		go func() {
			if _, err := c.client.CoreV1().Nodes().Create(c.ctx, node, metav1.CreateOptions{}); err != nil {
				c.complain("node "+i.Name, err)
			}
		}()
	})
}

// fail is an order that comes to nothing.
func (c *Cloud) fail(i *instance, reason string) {
	i.pool.backOff()
	c.forget(i)
	c.note(i.pool, "failed", i, reason)
}

// backOff: a node could not be had, so none is ordered for a while. The size that somebody set by hand stays.
func (g *group) backOff() {
	if !g.Manual {
		g.Size = max(g.Min, g.Size-1)
	}
	g.paused = time.Now().Add(time.Duration(g.Backoff))
}

// mark keeps pods off the instance and removes it after the pool's removal time.
func (c *Cloud) mark(i *instance, reason string) {
	if i.State == ordered {
		c.forget(i)
		c.note(i.pool, "dropped", i, reason)
		return
	}
	i.State = marked
	c.note(i.pool, "unneeded", i, reason)
	go c.taint(i.Name, removalTaint, true)
	c.after(time.Duration(i.pool.Removal), i, func() {
		if reason == empty && slices.ContainsFunc(c.podsOn(i.Name), keepsNode) {
			c.keep(i)
		} else {
			c.remove(i)
		}
	})
}

// keep: a pod was bound before the mark was seen.
func (c *Cloud) keep(i *instance) {
	i.State, i.idle = usable, time.Time{}
	i.pool.Size++
	c.note(i.pool, "kept", i, "")
	go c.taint(i.Name, removalTaint, false)
}

// remove ends an instance: its Node, and the pods left on it, which Kubernetes itself would delete only after 40 s.
func (c *Cloud) remove(i *instance) {
	c.forget(i)
	i.pool.spent += i.billed(time.Now())
	c.note(i.pool, "removed", i, "")
	go func() {
		err := c.client.CoreV1().Nodes().Delete(c.ctx, i.Name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			c.complain("node "+i.Name, err)
		}
		zero := int64(0)
		pods, err := c.client.CoreV1().Pods("").List(c.ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + i.Name})
		if err != nil {
			c.complain("pods of node "+i.Name, err)
			return
		}
		for _, pod := range pods.Items {
			_ = c.client.CoreV1().Pods(pod.Namespace).Delete(c.ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &zero})
		}
	}()
}

func (c *Cloud) forget(i *instance) {
	i.pool.instances = slices.DeleteFunc(i.pool.instances, func(other *instance) bool { return other == i })
}

// after runs then, under the lock, unless the instance is gone by then.
func (c *Cloud) after(d time.Duration, i *instance, then func()) {
	time.AfterFunc(d, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.ctx.Err() == nil && slices.Contains(i.pool.instances, i) {
			then()
		}
	})
}

func (c *Cloud) podsOn(node string) []*corev1.Pod {
	pods, _ := c.pods.List(labels.Everything())
	return slices.DeleteFunc(pods, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != node })
}

// What keeps pods off a node that goes: the first is the one that cluster-autoscaler puts on it.
const (
	removalTaint = "ToBeDeletedByClusterAutoscaler"
	reclaimTaint = "fake/reclaimed"
)

// taint puts it on, or takes it off.
func (c *Cloud) taint(name, key string, on bool) {
	node, err := c.client.CoreV1().Nodes().Get(c.ctx, name, metav1.GetOptions{})
	if err == nil {
		node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == key })
		if on {
			node.Spec.Taints = append(node.Spec.Taints,
				corev1.Taint{Key: key, Value: fmt.Sprint(time.Now().Unix()), Effect: corev1.TaintEffectNoSchedule})
		}
		_, err = c.client.CoreV1().Nodes().Update(c.ctx, node, metav1.UpdateOptions{})
	}
	if apierrors.IsConflict(err) {
		c.taint(name, key, on)
	} else if err != nil && !apierrors.IsNotFound(err) {
		c.complain("taint of node "+name, err)
	}
}

func (c *Cloud) complain(what string, err error) {
	if c.ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "cloud: %s: %v\n", what, err)
	}
}
