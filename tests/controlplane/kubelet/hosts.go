package kubelet

import (
	"cmp"
	"io"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"controlplane/standin"
)

// hosts are the nodes' cards, and who is on them. Pods take their places in the order in which they are bound.
type hosts struct {
	mu     sync.Mutex
	all    map[types.UID]*host
	places map[types.UID]*place // by pod
	bound  map[types.UID]int    // pods so far, by their owner
	start  time.Time            // from which the exporters' phases count
}

type host struct {
	*standin.Host
	name string
}

// place is what a pod has got, or why it has nothing.
type place struct {
	*standin.Place
	node   types.UID
	err    error
	number int // of its owner's pods, from 1
}

func newHosts() *hosts {
	return &hosts{all: map[types.UID]*host{}, places: map[types.UID]*place{}, bound: map[types.UID]int{},
		start: time.Now()}
}

// take is the pod's place, the same whenever it is asked for.
func (h *hosts) take(pod *corev1.Pod, node *corev1.Node) *place {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, found := h.places[pod.UID]; found {
		return p
	}
	owner := pod.UID
	if controller := metav1.GetControllerOf(pod); controller != nil {
		owner = controller.UID
	}
	h.bound[owner]++
	p := &place{node: node.UID, number: h.bound[owner]}
	h.places[pod.UID] = p
	on, found := h.all[node.UID]
	if !found {
		cards, err := sharing(node)
		if p.err = err; err != nil {
			return p
		}
		on = &host{standin.NewHost(cards), node.Name}
		h.all[node.UID] = on
	}
	told, err := series(pod, node)
	if err == nil {
		p.Place, err = on.Take(string(pod.UID), asks(pod), told)
	}
	p.err = err
	return p
}

// forget is the end of a pod or a node.
func (h *hosts) forget(uid types.UID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, uid)
	if p, found := h.places[uid]; found {
		if on := h.all[p.node]; on != nil {
			on.Leave(string(uid))
		}
		delete(h.places, uid)
	}
}

// Expose writes what the exporters of all nodes have, by the nodes' names.
func (k *Kubelet) Expose(out io.Writer) {
	k.hosts.mu.Lock()
	all := make([]*host, 0, len(k.hosts.all))
	for _, on := range k.hosts.all {
		all = append(all, on)
	}
	start := k.hosts.start
	k.hosts.mu.Unlock()
	slices.SortFunc(all, func(a, b *host) int { return cmp.Compare(a.name, b.name) })
	var cards []*standin.Host
	for _, on := range all {
		cards = append(cards, on.Host)
	}
	standin.Expose(out, cards, time.Now(), start)
}

// Start is from when on the exporters' phases count.
func (k *Kubelet) Start(at time.Time) {
	k.hosts.mu.Lock()
	defer k.hosts.mu.Unlock()
	k.hosts.start = at
}
