package kubelet

import (
	"context"
	"encoding/json"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// report writes a pod's status, beside what the pod does: a delay does not wait for the write before it, and of statuses that
// follow each other faster than they are written only the newest is. Deployments count by the Ready condition, kubectl's READY
// column by the containers.
type report struct {
	ctx      context.Context
	kubelet  *Kubelet
	pod      *corev1.Pod
	address  string
	started  metav1.Time
	restarts int32

	mu      sync.Mutex
	next    []byte // the newest status that is not written
	writing bool
}

func (r *report) waiting(reason, message string) {
	r.write(corev1.PodPending, false, corev1.ContainerState{
		Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}})
}

func (r *report) running(ready bool) {
	r.write(corev1.PodRunning, ready, corev1.ContainerState{
		Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}})
}

func (r *report) crashed() {
	r.restarts++
	r.write(corev1.PodRunning, false, corev1.ContainerState{
		Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}})
}

func (r *report) write(phase corev1.PodPhase, ready bool, state corev1.ContainerState) {
	status := corev1.PodStatus{Phase: phase, StartTime: &r.started, HostIP: "127.0.0.1",
		HostIPs: []corev1.HostIP{{IP: "127.0.0.1"}}}
	if state.Waiting == nil || r.restarts > 0 {
		status.PodIP, status.PodIPs = r.address, []corev1.PodIP{{IP: r.address}}
	}
	is := func(b bool) corev1.ConditionStatus {
		if b {
			return corev1.ConditionTrue
		}
		return corev1.ConditionFalse
	}
	now, running := metav1.Now(), state.Running != nil
	for kind, holds := range map[corev1.PodConditionType]bool{
		corev1.PodInitialized: true, corev1.ContainersReady: ready, corev1.PodReady: ready} {
		status.Conditions = append(status.Conditions,
			corev1.PodCondition{Type: kind, Status: is(holds), LastTransitionTime: now})
	}
	for _, c := range r.pod.Spec.Containers {
		container := corev1.ContainerStatus{Name: c.Name, Image: c.Image, Ready: ready, Started: &running, State: state,
			RestartCount: r.restarts}
		if r.restarts > 0 {
			container.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error"}
		}
		if running {
			container.ContainerID = "fake://" + string(r.pod.UID) + "/" + c.Name
		}
		status.ContainerStatuses = append(status.ContainerStatuses, container)
	}
	// The UID makes it a conflict if another pod has the name by now.
	body, _ := json.Marshal(map[string]any{"metadata": map[string]any{"uid": r.pod.UID}, "status": status})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = body
	if !r.writing {
		r.writing = true
		go r.flush()
	}
}

// flush writes until there is nothing newer.
func (r *report) flush() {
	for {
		r.mu.Lock()
		body := r.next
		r.next = nil
		r.writing = body != nil
		r.mu.Unlock()
		if body == nil {
			return
		}
		r.kubelet.insist(r.ctx, "pod "+r.pod.Namespace+"/"+r.pod.Name, func() error {
			_, err := r.kubelet.client.CoreV1().Pods(r.pod.Namespace).Patch(r.ctx, r.pod.Name,
				types.StrategicMergePatchType, body, metav1.PatchOptions{}, "status")
			return err
		})
	}
}
