package kubelet

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"

	"controlplane/standin"
)

// besideQueueProxy says whether a pod is one of Knative's, whose second container is to be the real program.
func (k *Kubelet) besideQueueProxy(pod *corev1.Pod) bool {
	return k.queueProxy != "" && len(pod.Spec.Containers) > 1 && pod.Spec.Containers[1].Name == "queue-proxy"
}

// UseQueueProxy runs the program at path for containers of the name queue-proxy, each in a network of its pod's own, beside
// the stand-in of the first container; MakeBridge comes before. Their output is in folder.
func (k *Kubelet) UseQueueProxy(path, folder string) (err error) {
	k.queueProxy, k.folder = path, folder
	k.bridged, err = newAddresses(bridged.String())
	return err
}

// runBeside is run for such a pod: from its start to its end, without crashes.
func (k *Kubelet) runBeside(ctx context.Context, pod *corev1.Pod, place *place, serves standin.Settings,
	delays map[string]time.Duration, report *report) {
	fail := func(err error) {
		complain("pod "+pod.Namespace+"/"+pod.Name, err)
		report.waiting("RunContainerError", err.Error())
	}
	address, err := k.bridged.take()
	if err != nil {
		fail(err)
		return
	}
	defer k.bridged.giveBack(address)
	report.address = address.String()
	if !pass(ctx, delays[Start]) {
		return
	}
	network, err := newNetwork(report.address)
	if err != nil {
		fail(err)
		return
	}
	defer network.leave()
	server := standin.New(serves, place.Place)
	defer server.Close()
	var proxy *exec.Cmd
	if err := network.inside(func() (err error) {
		if err := server.Listen("", ports(&corev1.Pod{Spec: corev1.PodSpec{Containers: pod.Spec.Containers[:1]}})); err != nil {
			return err
		}
		proxy, err = k.startQueueProxy(pod, report.address)
		return err
	}); err != nil {
		fail(err)
		return
	}
	defer func() { _ = proxy.Wait() }()
	defer func() { _ = proxy.Process.Kill() }()
	if answersProbe(ctx, report.address) {
		k.serve(ctx, delays, report)
	}
}

func (k *Kubelet) startQueueProxy(pod *corev1.Pod, address string) (*exec.Cmd, error) {
	log, err := os.Create(k.folder + "/queue-proxy-" + pod.Name + ".log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	fields := map[string]string{"metadata.name": pod.Name, "metadata.namespace": pod.Namespace, "status.podIP": address,
		"status.hostIP": "127.0.0.1"}
	command := exec.Command(k.queueProxy)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	command.Env = []string{} // not ours
	for _, variable := range pod.Spec.Containers[1].Env {
		value := variable.Value
		if from := variable.ValueFrom; from != nil && from.FieldRef != nil {
			value = fields[from.FieldRef.FieldPath]
		}
		command.Env = append(command.Env, variable.Name+"="+value)
	}
	return command, command.Start()
}

// answersProbe asks as the kubelet's readiness probe of a queue-proxy does, but more often.
func answersProbe(ctx context.Context, address string) bool {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+":8012/", nil)
		if err != nil {
			return false
		}
		request.Header.Set("K-Network-Probe", "queue")
		if answer, err := client.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return true
			}
		}
		if !pass(ctx, 20*time.Millisecond) {
			return false
		}
	}
}
