package standin

import (
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// second is what a pod's own utilisation is of.
const second = time.Second

// keep is how far back activity has to be known: a value is of a period that ended up to another period ago.
func (p *Place) keep() time.Duration { return 2*max(p.Collection, second) + second }

// utilisation is one series of a card or an instance.
type utilisation struct {
	place *Place
	gpu   int
	share float64
}

// utilisations of the pods that have a card and are collected so, as of now.
func (h *Host) utilisations(now time.Time, collected bool) (all []utilisation) {
	h.mu.Lock()
	places := slices.Clone(h.places)
	h.mu.Unlock()
	for _, p := range places {
		if (p.Collection > 0) != collected {
			continue
		}
		all = append(all, p.utilisations(now)...)
	}
	return all
}

// utilisations of one pod: one for each of its cards. The exporter's phase is the node's own.
func (p *Place) utilisations(now time.Time) (all []utilisation) {
	end, window := now, second
	if p.Collection > 0 {
		phase := int64(hash(p.Node) % uint64(p.Collection))
		since := (now.UnixNano() - phase) % int64(p.Collection)
		end, window = now.Add(-time.Duration(since)), p.Collection
		if p.Sample > 0 {
			window = min(window, p.Sample)
		}
		if end.Before(p.bound) {
			return nil // not collected yet
		}
	}
	for n := range p.ask.Cards {
		from := &p.activity
		gpu := n
		if n < len(p.cards) {
			gpu = p.cards[n]
			if p.host.sharing.tellsTheCard() {
				from = &p.host.cards[gpu].activity
			}
		}
		all = append(all, utilisation{p, gpu, from.share(end.Add(-window), end)})
	}
	return all
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, text)
	return h.Sum64()
}

// Expose writes what the exporter of the hosts' nodes has.
func Expose(out io.Writer, hosts []*Host, now time.Time) {
	var all []utilisation
	for _, h := range hosts {
		all = append(all, h.utilisations(now, true)...)
	}
	exposeUtilisation(out, all)
}

// exposeUtilisation: on MIG there is no utilisation of the card, as in reality, and an instance is a series of its own.
func exposeUtilisation(out io.Writer, all []utilisation) {
	var percent, ratio strings.Builder
	for _, u := range all {
		p := u.place
		mig := p.host.sharing.Mode == MIG
		of := fmt.Sprintf(`gpu="%d",device="nvidia%d",Hostname=%q,namespace=%q,pod=%q,container=%q`,
			u.gpu, u.gpu, p.Node, p.Namespace, p.Pod, p.Container)
		if mig {
			of += fmt.Sprintf(`,GPU_I_ID="%d"`, p.instance)
		} else {
			fmt.Fprintf(&percent, "DCGM_FI_DEV_GPU_UTIL{%s} %d\n", of, int(math.Round(100*u.share)))
		}
		fmt.Fprintf(&ratio, "DCGM_FI_PROF_GR_ENGINE_ACTIVE{%s} %.6f\n", of, u.share)
	}
	if percent.Len() > 0 {
		fmt.Fprint(out, "# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).\n# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n", percent.String())
	}
	if ratio.Len() > 0 {
		fmt.Fprint(out, "# HELP DCGM_FI_PROF_GR_ENGINE_ACTIVE Ratio of time the graphics engine is active.\n",
			"# TYPE DCGM_FI_PROF_GR_ENGINE_ACTIVE gauge\n", ratio.String())
	}
}
