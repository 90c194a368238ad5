package standin

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// second is what a pod's own utilisation is of.
const second = time.Second

// keep is how far back activity has to be known: a value is of a period that ended up to another period and a scrape ago.
func (p *Place) keep() time.Duration { return 2*max(p.Collection, second) + p.Scrape + second }

// utilisation is one series of a card or an instance.
type utilisation struct {
	place *Place
	gpu   int
	share float64
}

// last is the latest instant until now at which something happens that does so each period from a phase after start on.
func last(now, start time.Time, phase, period time.Duration) time.Time {
	since := now.Sub(start.Add(phase))
	passed := since / period
	if since < 0 && since%period != 0 {
		passed--
	}
	return start.Add(phase + passed*period)
}

// utilisations of one pod: one for each of its cards; none until there is something to tell.
func (p *Place) utilisations(now, start time.Time) (all []utilisation) {
	end, window := now, second
	if p.Collection > 0 {
		if p.Scrape > 0 {
			end = last(end, start, p.ScrapePhase, p.Scrape)
		}
		end, window = last(end, start, p.CollectionPhase, p.Collection), p.Collection
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

// Expose writes what the exporters of the hosts' nodes have, as the store scraped it last. Collections and scrapes happen each
// period, a phase of the node's own after start.
func Expose(out io.Writer, hosts []*Host, now, start time.Time) {
	var all []utilisation
	for _, h := range hosts {
		h.mu.Lock()
		places := slices.Clone(h.places)
		h.mu.Unlock()
		for _, p := range places {
			if p.Collection > 0 {
				all = append(all, p.utilisations(now, start)...)
			}
		}
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
