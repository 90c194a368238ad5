package cloud

import (
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"controlplane/delay"
	"controlplane/kubelet"
)

// States of an instance.
const (
	ordered = "ordered" // asked for; not there, not billed
	running = "running" // there, with a Node
	usable  = "usable"  // its Node was ready with all its devices
	marked  = "marked"  // on its way out
)

type instance struct {
	Name  string
	State string

	pool    *group
	number  int // of its pool's orders
	ordered time.Time
	since   time.Time // billed from
	idle    time.Time // without a pod since; zero: it has one
}

// billed is how long the instance has cost money.
func (i *instance) billed(now time.Time) time.Duration {
	if i.since.IsZero() {
		return 0
	}
	return now.Sub(i.since)
}

// node is the object that an instance of the pool registers. Its devices come later, by the fake kubelet.
func (p *Pool) node(name, pool string, number int, boot, gpu time.Duration) *corev1.Node {
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name,
			Labels: map[string]string{kubelet.Label: "true", "pool": pool, corev1.LabelHostname: name},
			Annotations: map[string]string{kubelet.Boot: text(boot), kubelet.GPU: text(gpu),
				kubelet.Number: strconv.Itoa(number)}},
		Spec: corev1.NodeSpec{ProviderID: "fake:///" + pool + "/" + name, Taints: p.Taints},
	}
	for key, value := range p.Labels {
		node.Labels[key] = value
	}
	for key, value := range p.Annotations {
		node.Annotations[key] = value
	}
	machine, devices := corev1.ResourceList{}, ""
	for resource, quantity := range p.Capacity {
		if isDevice(resource) {
			devices += string(resource) + "=" + quantity.String() + ","
		} else {
			machine[resource] = quantity
		}
	}
	if devices != "" {
		node.Annotations[kubelet.Devices] = devices
	}
	now := metav1.Now()
	node.Status = corev1.NodeStatus{Capacity: machine, Allocatable: machine,
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionFalse, Reason: "Booting",
			LastHeartbeatTime: now, LastTransitionTime: now}}}
	return node
}

func text(d time.Duration) string {
	if d == delay.Forever {
		return "never"
	}
	return d.String()
}
