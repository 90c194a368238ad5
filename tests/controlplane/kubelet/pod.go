package kubelet

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"controlplane/standin"
)

// playPod is a pod from its binding to its removal.
func (k *Kubelet) playPod(ctx context.Context, pod *corev1.Pod, node *corev1.Node, place *place, l *life) {
	running, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		k.run(ctx, running, pod, node, place)
	}()
	select {
	case <-l.deleted:
		k.drain(ctx, pod, node, place, l)
	case <-ctx.Done():
	}
	stop()
	<-over
	if ctx.Err() == nil {
		k.remove(ctx, pod)
	}
}

// run starts the container, again after each crash, until ctx ends; what it reports goes out as long as the pod is there.
func (k *Kubelet) run(exists, ctx context.Context, pod *corev1.Pod, node *corev1.Node, place *place) {
	report := &report{ctx: exists, kubelet: k, pod: pod, started: metav1.Now()}
	if place.err != nil {
		report.waiting("UnexpectedAdmissionError", place.err.Error())
		return
	}
	delays, err := k.podDelays(pod, node, place)
	serves, err2 := settings(pod)
	if err == nil {
		err = err2
	}
	if err != nil {
		complain("pod "+pod.Namespace+"/"+pod.Name, err)
		report.waiting("CreateContainerConfigError", err.Error())
		return
	}
	address, err := k.addresses.take()
	if err != nil {
		report.waiting("CreatePodSandboxError", err.Error())
		return
	}
	defer k.addresses.giveBack(address)
	report.address = address.String()
	report.waiting("ContainerCreating", "")
	// Whatever is beside the first container comes with it.
	if !k.pulls.wait(ctx, string(node.UID), pod.Spec.Containers[0].Image, delays[Image]) {
		return
	}
	if k.besideQueueProxy(pod) {
		k.runBeside(ctx, pod, place, serves, delays, report)
		return
	}
	for pass(ctx, delays[Start]) {
		server := standin.New(serves, place.Place)
		if err := server.Listen(report.address, ports(pod)); err != nil {
			complain("pod "+pod.Namespace+"/"+pod.Name, err)
			report.waiting("RunContainerError", err.Error())
			return
		}
		crashed := k.serve(ctx, delays, report)
		server.Close()
		if !crashed {
			return
		}
		report.crashed()
		if !pass(ctx, delays[Restart]) {
			return
		}
	}
}

// serve reports a running container until it crashes (true) or ctx ends.
func (k *Kubelet) serve(ctx context.Context, delays map[string]time.Duration, report *report) bool {
	crash := time.Now().Add(min(delays[CrashAfter], 1<<62))
	until := func(d time.Duration) (passed, crashed bool) {
		if d == never || time.Now().Add(d).After(crash) {
			return false, pass(ctx, time.Until(crash))
		}
		return pass(ctx, d), false
	}
	if delays[Ready] > 0 {
		report.running(false)
	}
	if passed, crashed := until(delays[Ready]); !passed {
		return crashed
	}
	report.running(true)
	if passed, crashed := until(delays[NotReady]); !passed {
		return crashed
	}
	report.running(false)
	_, crashed := until(never)
	return crashed
}

// drain lets the container serve on for its drain time, at most the grace period.
func (k *Kubelet) drain(ctx context.Context, pod *corev1.Pod, node *corev1.Node, place *place, l *life) {
	delay, err := k.delays.read(Drain, luck(pod, place), pod.Annotations, node.Annotations)
	if err != nil {
		complain("pod "+pod.Namespace+"/"+pod.Name, err)
	}
	k.mu.Lock()
	grace := l.grace
	k.mu.Unlock()
	pass(ctx, min(delay, grace))
}

func (k *Kubelet) remove(ctx context.Context, pod *corev1.Pod) {
	zero := int64(0)
	k.insist(ctx, "pod "+pod.Namespace+"/"+pod.Name, func() error {
		return k.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
			GracePeriodSeconds: &zero, Preconditions: &metav1.Preconditions{UID: &pod.UID}})
	})
}

// luck is of the n-th pod of an owner, by its name: UIDs are other ones each time.
func luck(pod *corev1.Pod, place *place) drawn {
	owner := pod.Name
	if controller := metav1.GetControllerOf(pod); controller != nil {
		owner = controller.Name
	}
	return drawn{pod.Namespace + "/" + owner, place.number}
}

// podDelays are those of one pod.
func (k *Kubelet) podDelays(pod *corev1.Pod, node *corev1.Node, place *place) (map[string]time.Duration, error) {
	delays := map[string]time.Duration{}
	for _, key := range []string{Image, Start, Ready, Restart, CrashAfter, NotReady} {
		delay, err := k.delays.read(key, luck(pod, place), pod.Annotations, node.Annotations)
		if err != nil {
			return nil, err
		}
		delays[key] = delay
	}
	return delays, nil
}

func ports(pod *corev1.Pod) (numbers []int) {
	for _, c := range pod.Spec.Containers {
		for _, port := range c.Ports {
			numbers = append(numbers, int(port.ContainerPort))
		}
	}
	return numbers
}
