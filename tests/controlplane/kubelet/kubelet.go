// Package kubelet plays the nodes labelled fake=true and the pods bound to them. Each node and each pod is a goroutine that
// walks through its life stage by stage; annotations say how long a stage takes and what goes wrong.
package kubelet

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

type Kubelet struct {
	client    kubernetes.Interface
	delays    *Delays
	addresses *addresses
	nodes     listers.NodeLister
	pulls     pulls
	hosts     *hosts

	queueProxy, folder string // see UseQueueProxy
	bridged            *addresses

	mu    sync.Mutex
	lives map[types.UID]*life
}

// life is what the outside tells the goroutine of a node or pod.
type life struct {
	deleted chan struct{} // closed when the deletion is asked for
	asked   bool
	grace   time.Duration // how long it may take then
	cut     context.CancelFunc
}

// New registers with the factory, which the caller starts.
func New(ctx context.Context, client kubernetes.Interface, factory informers.SharedInformerFactory, delays *Delays,
	podCIDR string) (*Kubelet, error) {
	pool, err := newAddresses(podCIDR)
	if err != nil {
		return nil, err
	}
	k := &Kubelet{client: client, delays: delays, addresses: pool, nodes: factory.Core().V1().Nodes().Lister(),
		hosts: newHosts(), lives: map[types.UID]*life{}}
	handler := func(seen, gone func(any)) cache.ResourceEventHandlerFuncs {
		return cache.ResourceEventHandlerFuncs{AddFunc: seen, UpdateFunc: func(_, now any) { seen(now) },
			DeleteFunc: func(o any) {
				if lost, ok := o.(cache.DeletedFinalStateUnknown); ok {
					o = lost.Obj
				}
				gone(o)
			}}
	}
	if _, err := factory.Core().V1().Nodes().Informer().AddEventHandler(handler(
		func(o any) { k.seeNode(ctx, o.(*corev1.Node)) },
		func(o any) { k.end(o.(*corev1.Node).UID) })); err != nil {
		return nil, err
	}
	_, err = factory.Core().V1().Pods().Informer().AddEventHandler(handler(
		func(o any) { k.seePod(ctx, o.(*corev1.Pod)) },
		func(o any) { k.end(o.(*corev1.Pod).UID) }))
	return k, err
}

func (k *Kubelet) seeNode(ctx context.Context, node *corev1.Node) {
	if node.Labels[Label] == "true" {
		k.begin(ctx, node.UID, func(ctx context.Context, _ *life) { k.playNode(ctx, node) })
	}
}

func (k *Kubelet) seePod(ctx context.Context, pod *corev1.Pod) {
	if pod.Spec.NodeName == "" || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return
	}
	if node, err := k.nodes.Get(pod.Spec.NodeName); err == nil && node.Labels[Label] == "true" {
		place := k.hosts.take(pod, node)
		k.begin(ctx, pod.UID, func(ctx context.Context, l *life) { k.playPod(ctx, pod, node, place, l) })
	}
	if pod.DeletionTimestamp != nil {
		k.askToEnd(pod)
	}
}

// askToEnd, once: what was begun on a node that is gone by now ends as well.
func (k *Kubelet) askToEnd(pod *corev1.Pod) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l, found := k.lives[pod.UID]
	if !found || l.asked {
		return
	}
	l.asked, l.grace = true, never
	if grace := pod.DeletionGracePeriodSeconds; grace != nil {
		l.grace = time.Duration(*grace) * time.Second
	}
	close(l.deleted)
}

// begin starts a life unless it is under way.
func (k *Kubelet) begin(ctx context.Context, uid types.UID, play func(context.Context, *life)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, found := k.lives[uid]; found {
		return
	}
	ctx, cut := context.WithCancel(ctx)
	l := &life{deleted: make(chan struct{}), cut: cut}
	k.lives[uid] = l
	go play(ctx, l)
}

// end is the object's: whatever its goroutine is at, it is over.
func (k *Kubelet) end(uid types.UID) {
	k.hosts.forget(uid)
	k.mu.Lock()
	defer k.mu.Unlock()
	if l, found := k.lives[uid]; found {
		l.cut()
		delete(k.lives, uid)
	}
}

// pass waits; it says whether the delay passed before the end came. A delay of never only ends with ctx.
func pass(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return d != never
	case <-ctx.Done():
		return false
	}
}

func complain(what string, err error) { fmt.Fprintf(os.Stderr, "kubelet: %s: %v\n", what, err) }
