package kubelet

import (
	"flag"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"controlplane/standin"
)

// Label marks the nodes that the fake kubelet plays.
const Label = "fake"

// Annotations of a node. A delay is a Go duration, or "never".
const (
	Boot       = "fake/boot"        // from the Node object to Ready
	GPU        = "fake/gpu"         // from Ready until its devices are allocatable
	Devices    = "fake/devices"     // nvidia.com/gpu=1, separated by commas
	FailsAfter = "fake/fails-after" // from Ready to NotReady, for good
)

// Annotations of a pod; its node may carry the delays for all pods on it.
const (
	Image      = "fake/image"           // the pull, once for a node and image
	Start      = "fake/start"           // from the image to a running container
	Ready      = "fake/ready"           // from running to ready
	Drain      = "fake/drain"           // from the deletion to the end, at most the grace period
	Restart    = "fake/restart"         // from a crash to the next running container
	CrashAfter = "fake/crash-after"     // from running to a crash; it then starts again, and crashes again
	NotReady   = "fake/not-ready-after" // from ready to not ready, for good

	Serves     = "fake/serves" // ollama or function; by default what the image's name says
	Slots      = "fake/slots"
	QueueLimit = "fake/queue-limit"
	Service    = "fake/service"
	Model      = "fake/model"
	Load       = "fake/load"
	PromptRate = "fake/prompt-rate"
	TokenRate  = "fake/token-rate"
	Tokens     = "fake/tokens"
)

// never is a delay that does not pass.
const never = time.Duration(1<<63 - 1)

// Delays are the defaults of what annotations do not say.
type Delays map[string]time.Duration

// DelayFlags adds one flag a delay: -boot, -gpu, -image, …
func DelayFlags(flags *flag.FlagSet) Delays {
	delays := Delays{}
	for key, text := range map[string]string{
		Boot: "0s", GPU: "0s", Image: "0s", Start: "500ms", Ready: "0s", Drain: "100ms", Restart: "1s",
		CrashAfter: "never", NotReady: "never", FailsAfter: "never",
	} {
		delays[key], _ = parseDelay(text)
		flags.Func(path.Base(key), fmt.Sprintf("default of the annotation %s (%s)", key, text), func(text string) (err error) {
			delays[key], err = parseDelay(text)
			return err
		})
	}
	return delays
}

func parseDelay(text string) (time.Duration, error) {
	if text == "never" {
		return never, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("%q is negative", text)
	}
	return d, err
}

// read takes the first of the objects' annotations that has key, else the default.
func (d Delays) read(key string, annotations ...map[string]string) (time.Duration, error) {
	for _, a := range annotations {
		if text, found := a[key]; found {
			delay, err := parseDelay(text)
			if err != nil {
				err = fmt.Errorf("annotation %s: %w", key, err)
			}
			return delay, err
		}
	}
	return d[key], nil
}

// devices reads "nvidia.com/gpu=1,example.com/other=2".
func devices(annotations map[string]string) (corev1.ResourceList, error) {
	list := corev1.ResourceList{}
	for item := range strings.SplitSeq(annotations[Devices], ",") {
		if item == "" {
			continue
		}
		name, count, _ := strings.Cut(item, "=")
		quantity, err := resource.ParseQuantity(count)
		if err != nil {
			return nil, fmt.Errorf("annotation %s: %q: expected NAME=COUNT", Devices, item)
		}
		list[corev1.ResourceName(name)] = quantity
	}
	return list, nil
}

// settings says what a pod's container serves.
func settings(pod *corev1.Pod) (standin.Settings, error) {
	s := standin.Defaults()
	container := pod.Spec.Containers[0]
	s.Namespace, s.Pod, s.Node, s.Container = pod.Namespace, pod.Name, pod.Spec.NodeName, container.Name
	for name, quantity := range container.Resources.Limits {
		if strings.HasSuffix(string(name), "/gpu") {
			s.GPUs += int(quantity.Value())
		}
	}
	image, _, _ := strings.Cut(path.Base(container.Image), ":")
	if image == standin.Ollama {
		s.Kind = standin.Ollama
	}
	var err error
	read := func(key string, parse func(string) error) {
		if text, found := pod.Annotations[key]; found && err == nil {
			if err = parse(text); err != nil {
				err = fmt.Errorf("annotation %s: %w", key, err)
			}
		}
	}
	duration := func(to *time.Duration) func(string) error {
		return func(text string) (err error) { *to, err = parseDelay(text); return err }
	}
	count := func(to *int) func(string) error {
		return func(text string) (err error) { *to, err = strconv.Atoi(text); return err }
	}
	rate := func(to *float64) func(string) error {
		return func(text string) (err error) {
			if *to, err = strconv.ParseFloat(text, 64); err == nil && !(*to > 0) {
				err = fmt.Errorf("%q: expected a rate per second above 0", text)
			}
			return err
		}
	}
	read(Serves, func(text string) error {
		if s.Kind = text; text != standin.Ollama && text != standin.Function {
			return fmt.Errorf("%q: expected %s or %s", text, standin.Ollama, standin.Function)
		}
		return nil
	})
	read(Slots, count(&s.Slots))
	read(QueueLimit, count(&s.QueueLimit))
	read(Service, duration(&s.Service))
	read(Model, func(text string) error { s.Model = text; return nil })
	read(Load, duration(&s.Load))
	read(PromptRate, rate(&s.PromptRate))
	read(TokenRate, rate(&s.TokenRate))
	read(Tokens, count(&s.Tokens))
	return s, err
}
