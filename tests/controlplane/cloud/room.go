package cloud

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	podresource "k8s.io/component-helpers/resource"
	scheduling "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
)

// room is what is free on a node, or will be on one that is ordered.
type room struct {
	node     *corev1.Node // labels and taints
	free     corev1.ResourceList
	instance *instance // nil: not of this cloud
}

func isDevice(name corev1.ResourceName) bool { return strings.Contains(string(name), "/") }

// fits says whether the pod could be scheduled there: resources, taints, selector and required affinity.
func (r *room) fits(pod *corev1.Pod) bool {
	for name, wanted := range requests(pod) {
		if free := r.free[name]; wanted.Cmp(free) > 0 {
			return false
		}
	}
	if matches, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(r.node); err != nil || !matches {
		return false
	}
	hard := func(t *corev1.Taint) bool {
		// What the node controller puts on a node that boots goes by itself.
		return t.Effect != corev1.TaintEffectPreferNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/")
	}
	_, repelled := scheduling.FindMatchingUntoleratedTaint(klog.Background(), r.node.Spec.Taints,
		pod.Spec.Tolerations, hard, false)
	return !repelled
}

func (r *room) take(pod *corev1.Pod) {
	for name, wanted := range requests(pod) {
		free := r.free[name].DeepCopy()
		free.Sub(wanted)
		r.free[name] = free
	}
}

func requests(pod *corev1.Pod) corev1.ResourceList {
	list := podresource.PodRequests(pod, podresource.PodResourcesOptions{})
	list[corev1.ResourcePods] = resource.MustParse("1")
	return list
}

// template is the room of a new node of the pool.
func (g *group) template(i *instance) *room {
	free := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("32Gi"),
		corev1.ResourcePods: resource.MustParse("110")}
	for name, quantity := range g.Capacity {
		free[name] = quantity
	}
	return &room{node: g.node("template", g.name, 0, 0, 0), free: free, instance: i}
}

// rest is the room that the pods on a node leave.
func rest(node *corev1.Node, pods []*corev1.Pod, i *instance) *room {
	r := &room{node: node, free: node.Status.Allocatable.DeepCopy(), instance: i}
	for _, pod := range pods {
		r.take(pod)
	}
	return r
}
