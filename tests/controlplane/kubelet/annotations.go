package kubelet

import (
	"flag"
	"fmt"
	"path"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"controlplane/delay"
)

// Label marks the nodes that the fake kubelet plays.
const Label = "fake"

// Annotations of a node. Delays are written as package delay has them.
const (
	Boot       = "fake/boot"        // from the Node object to Ready
	GPU        = "fake/gpu"         // from Ready until its devices are allocatable
	Devices    = "fake/devices"     // nvidia.com/gpu=1, separated by commas
	FailsAfter = "fake/fails-after" // from Ready to NotReady, for good

	SharingMode  = "fake/sharing"      // whole, mig, vgpu, time-slicing, mps, remote
	Cards        = "fake/cards"        // how many there are
	PerCard      = "fake/per-card"     // shares of each
	CardMemory   = "fake/card-memory"  // MiB of each
	Packing      = "fake/packing"      // which card a pod gets under vGPU: spread (the emptiest) or binpack
	Interference = "fake/interference" // work beside others at work takes so many times as long
)

// Annotations of a pod; its node may carry the delays for all pods on it.
const (
	Image      = "fake/image"           // the pull alone on its node's link, once for a node and image
	Start      = "fake/start"           // from the image to a running container
	Ready      = "fake/ready"           // from running to ready
	Drain      = "fake/drain"           // from the deletion to the end, at most the grace period
	Restart    = "fake/restart"         // from a crash to the next running container
	CrashAfter = "fake/crash-after"     // from running to a crash; it then starts again, and crashes again
	NotReady   = "fake/not-ready-after" // from ready to not ready, for good

	Serves     = "fake/serves" // ollama or function; by default what the image's name says
	Slots      = "fake/slots"
	Discipline = "fake/discipline" // fcfs, or ps: those in service share the replica
	OnCard     = "fake/on-card"    // true: its work is a card's
	Collection = "fake/collection" // of its node's exporter; without it the pod tells its utilisation of the last second
	Sample     = "fake/sample"     // what a value is of, before its collection
	Scrape     = "fake/scrape"     // how often the store takes what the exporter has

	// Of a node, each drawn for its number in its pool, which is the last: when these happen, from the start on.
	CollectionPhase = "fake/collection-phase"
	ScrapePhase     = "fake/scrape-phase"
	Number          = "fake/number"
	QueueLimit      = "fake/queue-limit"
	Service         = "fake/service"
	Model           = "fake/model"
	Load            = "fake/load"
	PromptRate      = "fake/prompt-rate"
	TokenRate       = "fake/token-rate"
	Tokens          = "fake/tokens"
)

// never is a delay that does not pass.
const never = delay.Forever

// Delays are the defaults of what annotations do not say, and the seed of those that are drawn.
type Delays struct {
	Seed     uint64
	defaults map[string]delay.Delay
}

// DelayFlags adds one flag a delay: -boot, -gpu, -image, …, and -seed.
func DelayFlags(flags *flag.FlagSet) *Delays {
	delays := &Delays{defaults: map[string]delay.Delay{}}
	for key, text := range map[string]string{
		Boot: "0s", GPU: "0s", Image: "0s", Start: "500ms", Ready: "0s", Drain: "100ms", Restart: "1s",
		CrashAfter: "never", NotReady: "never", FailsAfter: "never",
	} {
		delays.defaults[key] = delay.Must(text)
		flags.Func(path.Base(key), fmt.Sprintf("default of the annotation %s (%s)", key, text), func(text string) (err error) {
			delays.defaults[key], err = delay.Parse(text)
			return err
		})
	}
	flags.Uint64Var(&delays.Seed, "seed", 1, "of delays that are drawn; the same again draws the same")
	return delays
}

// drawn is whose luck a delay is: the n-th of an owner's.
type drawn struct {
	owner string
	n     int
}

// read takes the first of the objects' annotations that has key, else the default.
func (d *Delays) read(key string, whose drawn, annotations ...map[string]string) (time.Duration, error) {
	chosen := d.defaults[key]
	for _, a := range annotations {
		if text, found := a[key]; found {
			parsed, err := delay.Parse(text)
			if err != nil {
				return 0, fmt.Errorf("annotation %s: %w", key, err)
			}
			chosen = parsed
			break
		}
	}
	return chosen.Draw(whose.n, delay.Luck(d.Seed, key+"/"+whose.owner, whose.n)), nil
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
