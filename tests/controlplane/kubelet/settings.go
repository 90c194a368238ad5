package kubelet

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"controlplane/delay"
	"controlplane/standin"
)

// reading is of one object's annotations, up to the first that is wrong.
type reading struct {
	annotations map[string]string
	err         error
}

func (r *reading) each(key string, parse func(string) error) {
	if text, found := r.annotations[key]; found && r.err == nil {
		if err := parse(text); err != nil {
			r.err = fmt.Errorf("annotation %s: %w", key, err)
		}
	}
}

func (r *reading) duration(key string, to *time.Duration) {
	r.each(key, func(text string) (err error) {
		if *to, err = time.ParseDuration(text); err == nil && *to < 0 {
			err = fmt.Errorf("%q is negative", text)
		}
		return err
	})
}

func (r *reading) drawn(key string, to *time.Duration, number int) {
	r.each(key, func(text string) error {
		d, err := delay.Parse(text)
		*to = d.Draw(max(1, number), 0)
		return err
	})
}

func (r *reading) count(key string, to *int) {
	r.each(key, func(text string) (err error) {
		if *to, err = strconv.Atoi(text); err == nil && *to < 0 {
			err = fmt.Errorf("%q is negative", text)
		}
		return err
	})
}

func (r *reading) factor(key string, to *float64) {
	r.each(key, func(text string) (err error) {
		if *to, err = strconv.ParseFloat(text, 64); err == nil && !(*to > 0) {
			err = fmt.Errorf("%q: expected a number above 0", text)
		}
		return err
	})
}

func (r *reading) one(key string, to *string, of ...string) {
	r.each(key, func(text string) error {
		if *to = text; !slices.Contains(of, text) {
			return fmt.Errorf("%q: expected one of %s", text, strings.Join(of, ", "))
		}
		return nil
	})
}

// settings says what a pod's container serves.
func settings(pod *corev1.Pod) (standin.Settings, error) {
	s := standin.Defaults()
	image, _, _ := strings.Cut(path.Base(pod.Spec.Containers[0].Image), ":")
	if image == standin.Ollama {
		s.Kind = standin.Ollama
	}
	r := reading{annotations: pod.Annotations}
	r.one(Serves, &s.Kind, standin.Ollama, standin.Function)
	r.count(Slots, &s.Slots)
	r.count(QueueLimit, &s.QueueLimit)
	r.duration(Service, &s.Service)
	r.each(Model, func(text string) error { s.Model = text; return nil })
	r.duration(Load, &s.Load)
	r.factor(PromptRate, &s.PromptRate)
	r.factor(TokenRate, &s.TokenRate)
	r.count(Tokens, &s.Tokens)
	discipline, onCard := "", ""
	r.one(Discipline, &discipline, "fcfs", "ps")
	r.one(OnCard, &onCard, "true", "false")
	s.Shared, s.OnCard = discipline == "ps", onCard == "true"
	return s, r.err
}

// sharing says how a node's cards are shared. Without the annotation a card is one pod's.
func sharing(node *corev1.Node) (standin.Sharing, error) {
	s := standin.Sharing{Mode: standin.Whole, PerCard: 1, Interference: 1}
	r := reading{annotations: node.Annotations}
	r.one(SharingMode, &s.Mode, standin.Modes...)
	r.count(Cards, &s.Cards)
	r.count(PerCard, &s.PerCard)
	r.count(CardMemory, &s.MemoryMiB)
	packing := ""
	r.one(Packing, &packing, "spread", "binpack")
	s.Binpack = packing == "binpack"
	r.factor(Interference, &s.Interference)
	return s, r.err
}

// asks says what a pod wants of its node's cards: the largest that one of its containers wants. HAMi's webhook adds a card
// where only a part of one is asked for.
func asks(pod *corev1.Pod) (ask standin.Ask) {
	for _, c := range pod.Spec.Containers {
		for name, quantity := range c.Resources.Limits {
			count := int(quantity.Value())
			switch {
			case name == "nvidia.com/gpucores":
				ask.CoresPercent = max(ask.CoresPercent, min(100, count))
			case name == "nvidia.com/gpumem":
				ask.MemoryMiB = max(ask.MemoryMiB, count)
			case name == "nvidia.com/gpumem-percentage":
				ask.MemoryPercent = max(ask.MemoryPercent, count)
			case strings.HasSuffix(string(name), "/gpu") || strings.HasPrefix(string(name), "nvidia.com/mig-"):
				ask.Cards = max(ask.Cards, count)
			}
		}
	}
	if ask.Cards == 0 && ask.CoresPercent+ask.MemoryMiB+ask.MemoryPercent > 0 {
		ask.Cards = 1
	}
	return ask
}

// series says how a pod's utilisation is told; its node may say it for all pods on it.
func series(pod *corev1.Pod, node *corev1.Node) (standin.Series, error) {
	s := standin.Series{Namespace: pod.Namespace, Pod: pod.Name, Container: pod.Spec.Containers[0].Name, Node: node.Name}
	for _, annotations := range []map[string]string{node.Annotations, pod.Annotations} {
		r := reading{annotations: annotations}
		r.duration(Collection, &s.Collection)
		r.duration(Sample, &s.Sample)
		r.duration(Scrape, &s.Scrape)
		number := 1
		r.count(Number, &number)
		r.drawn(CollectionPhase, &s.CollectionPhase, number)
		r.drawn(ScrapePhase, &s.ScrapePhase, number)
		if r.err != nil {
			return s, r.err
		}
	}
	return s, nil
}
