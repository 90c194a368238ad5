package kubelet

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// beat is how often a node renews its lease; the fixture's grace period is 20 s.
const beat = 3 * time.Second

// playNode: not ready while it boots, ready, its devices a while later as the plugin registers them, and beating until the
// object goes.
func (k *Kubelet) playNode(ctx context.Context, node *corev1.Node) {
	luck := drawn{node.Name, 1}
	boot, err := k.delays.read(Boot, luck, node.Annotations)
	gpu, err2 := k.delays.read(GPU, luck, node.Annotations)
	fails, err3 := k.delays.read(FailsAfter, luck, node.Annotations)
	cards, err4 := devices(node.Annotations)
	for _, err := range []error{err, err2, err3, err4} {
		if err != nil {
			complain("node "+node.Name, err)
			return
		}
	}
	// A node without any Ready condition would count as schedulable.
	k.patchNode(ctx, node, condition(false, "Booting"))
	if !pass(ctx, boot) {
		return
	}
	capacity := machine(node)
	k.patchNode(ctx, node, condition(true, "KubeletReady"), corev1.NodeStatus{Capacity: capacity, Allocatable: capacity,
		Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"},
			{Type: corev1.NodeHostName, Address: node.Name}}})
	go func() {
		if len(cards) > 0 && pass(ctx, gpu) {
			k.patchNode(ctx, node, corev1.NodeStatus{Capacity: cards, Allocatable: cards})
		}
	}()
	for end := time.Now().Add(min(fails, 1<<62)); ctx.Err() == nil && time.Now().Before(end); {
		k.renew(ctx, node.Name)
		pass(ctx, min(beat, time.Until(end)))
	}
	k.patchNode(ctx, node, condition(false, "KubeletNotReady"))
}

// machine is what the Node says it has, and what each has.
func machine(node *corev1.Node) corev1.ResourceList {
	list := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("32Gi"),
		corev1.ResourcePods: resource.MustParse("110")}
	maps.Copy(list, node.Status.Capacity)
	return list
}

func condition(ready bool, reason string) corev1.NodeStatus {
	status := corev1.ConditionFalse
	if ready {
		status = corev1.ConditionTrue
	}
	now := metav1.Now()
	return corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: status, Reason: reason,
		LastHeartbeatTime: now, LastTransitionTime: now}}}
}

// patchNode merges each status into the node's.
func (k *Kubelet) patchNode(ctx context.Context, node *corev1.Node, statuses ...corev1.NodeStatus) {
	for _, status := range statuses {
		body, _ := json.Marshal(map[string]any{"status": map[string]any{"conditions": status.Conditions,
			"capacity": status.Capacity, "allocatable": status.Allocatable, "addresses": status.Addresses}})
		k.insist(ctx, "node "+node.Name, func() error {
			_, err := k.client.CoreV1().Nodes().Patch(ctx, node.Name, types.StrategicMergePatchType, prune(body),
				metav1.PatchOptions{}, "status")
			return err
		})
	}
}

// prune drops the nulls of a patch, which would mean a deletion.
func prune(body []byte) []byte {
	var patch map[string]map[string]any
	_ = json.Unmarshal(body, &patch)
	maps.DeleteFunc(patch["status"], func(_ string, v any) bool { return v == nil })
	body, _ = json.Marshal(patch)
	return body
}

// renew patches the lease: an update without a resource version is refused for leases.
func (k *Kubelet) renew(ctx context.Context, name string) {
	now, duration := metav1.NowMicro(), int32(15)
	lease := &coordinationv1.Lease{TypeMeta: metav1.TypeMeta{APIVersion: "coordination.k8s.io/v1", Kind: "Lease"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: corev1.NamespaceNodeLease},
		Spec:       coordinationv1.LeaseSpec{HolderIdentity: &name, LeaseDurationSeconds: &duration, RenewTime: &now}}
	body, _ := json.Marshal(lease)
	leases := k.client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	_, err := leases.Patch(ctx, name, types.MergePatchType, body, metav1.PatchOptions{})
	if apierrors.IsNotFound(err) {
		_, err = leases.Create(ctx, lease, metav1.CreateOptions{})
	}
	if err != nil && ctx.Err() == nil {
		complain("lease of node "+name, err)
	}
}

// insist repeats a write until it is through or pointless.
func (k *Kubelet) insist(ctx context.Context, what string, write func() error) {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := write()
		if err == nil || ctx.Err() != nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return
		}
		complain(what, err)
		if apierrors.IsInvalid(err) || apierrors.IsForbidden(err) || !pass(ctx, pause) {
			return
		}
	}
}
