package cloud

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const empty = "empty" // the reason to remove a node that the autoscaler has

// scale is one pass of the node autoscaler, after the documented behaviour of cluster-autoscaler: pods that the scheduler gave
// up on and that fit on no node, there or ordered, get new nodes of the cheapest pool that can hold them; a node that stays
// empty is removed. It moves no pods.
func (c *Cloud) scale(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	nodes, _ := c.nodes.List(labels.Everything())
	pods, _ := c.pods.List(labels.Everything())
	onNode := map[string][]*corev1.Pod{}
	for _, pod := range pods {
		if pod.Spec.NodeName != "" && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
			onNode[pod.Spec.NodeName] = append(onNode[pod.Spec.NodeName], pod)
		}
	}
	rooms := c.rooms(now, nodes, onNode)
	wanted := map[*instance]bool{}
	for _, pod := range unschedulable(pods) {
		at := slices.IndexFunc(rooms, func(r *room) bool { return r.fits(pod) })
		if at < 0 {
			r := c.grow(now, pod)
			if r == nil {
				continue
			}
			rooms, at = append(rooms, r), len(rooms)
		}
		rooms[at].take(pod)
		if i := rooms[at].instance; i != nil {
			wanted[i] = true
		}
	}
	c.shrink(now, onNode, wanted)
}

// unschedulable pods, the oldest first.
func unschedulable(pods []*corev1.Pod) (found []*corev1.Pod) {
	for _, pod := range pods {
		for _, condition := range pod.Status.Conditions {
			if condition.Type == corev1.PodScheduled && condition.Reason == corev1.PodReasonUnschedulable &&
				condition.Status == corev1.ConditionFalse && pod.Spec.NodeName == "" && pod.DeletionTimestamp == nil {
				found = append(found, pod)
			}
		}
	}
	slices.SortFunc(found, func(a, b *corev1.Pod) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
	})
	return found
}

// rooms are those of nodes that are ready, and of instances that will be; on the way it sees which instance became usable
// and which is given up.
func (c *Cloud) rooms(now time.Time, nodes []*corev1.Node, onNode map[string][]*corev1.Pod) (rooms []*room) {
	byName := map[string]*corev1.Node{}
	for _, node := range nodes {
		byName[node.Name] = node
	}
	for _, name := range c.names() {
		g := c.pools[name]
		for _, i := range slices.Clone(g.instances) {
			node := byName[i.Name]
			delete(byName, i.Name)
			if i.State == running && node != nil && isReady(node) && hasAll(node, g.Capacity) {
				i.State = usable
				c.note(g, "usable", i, "")
			}
			switch {
			case i.State == usable && node != nil && isReady(node):
				rooms = append(rooms, rest(node, onNode[i.Name], i))
			case (i.State == ordered || i.State == running) && now.Sub(i.ordered) > time.Duration(g.GiveUp):
				c.giveUp(i)
			case i.State == ordered || i.State == running:
				rooms = append(rooms, g.template(i))
			}
		}
	}
	for _, node := range byName {
		if isReady(node) && !node.Spec.Unschedulable {
			rooms = append(rooms, rest(node, onNode[node.Name], nil))
		}
	}
	slices.SortStableFunc(rooms, func(a, b *room) int {
		return cmp.Or(a.node.CreationTimestamp.Compare(b.node.CreationTimestamp.Time), cmp.Compare(a.node.Name, b.node.Name))
	})
	return rooms
}

func (c *Cloud) giveUp(i *instance) {
	if i.State == running {
		i.pool.backOff()
		c.mark(i, "never usable")
		return
	}
	c.fail(i, "never came")
}

// grow orders a node for a pod and returns its room; nil where no pool can.
func (c *Cloud) grow(now time.Time, pod *corev1.Pod) *room {
	var best *group
	for _, name := range c.names() {
		g := c.pools[name]
		able := !g.Manual && g.Size < g.Max && !now.Before(g.paused) && g.template(nil).fits(pod)
		if able && (best == nil || g.PricePerS < best.PricePerS) {
			best = g
		}
	}
	if best == nil {
		return nil
	}
	best.Size++
	c.grown = now
	c.order(best, "pod "+pod.Namespace+"/"+pod.Name)
	return best.template(best.instances[len(best.instances)-1])
}

// shrink marks nodes that were empty for long enough.
func (c *Cloud) shrink(now time.Time, onNode map[string][]*corev1.Pod, wanted map[*instance]bool) {
	for _, name := range c.names() {
		g := c.pools[name]
		// A pool below its size is filled up, as after a failed order.
		if c.alive(g) < g.Size && !now.Before(g.paused) {
			c.resize(g, "size")
		}
		for _, i := range slices.Clone(g.instances) {
			if g.Manual || i.State != usable {
				continue
			}
			if wanted[i] || slices.ContainsFunc(onNode[i.Name], keepsNode) {
				i.idle = time.Time{}
				continue
			}
			if i.idle.IsZero() {
				i.idle = now
			}
			cooling := !c.grown.IsZero() && now.Sub(c.grown) < time.Duration(g.AfterAdd)
			if now.Sub(i.idle) >= time.Duration(g.Unneeded) && g.Size > g.Min && !cooling {
				g.Size--
				c.mark(i, empty)
			}
		}
	}
}

// keepsNode: a daemon's pod does not.
func keepsNode(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner == nil || owner.Kind != "DaemonSet"
}

func isReady(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

func hasAll(node *corev1.Node, wanted corev1.ResourceList) bool {
	for name := range wanted {
		if _, found := node.Status.Allocatable[name]; !found {
			return false
		}
	}
	return true
}

// names of the pools, sorted: every pass takes them in the same order.
func (c *Cloud) names() []string {
	names := make([]string, 0, len(c.pools))
	for name := range c.pools {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
