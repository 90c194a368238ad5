package standin

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Modes in which the pods of a node share its cards.
const (
	Whole       = "whole"        // a card is one pod's
	MIG         = "mig"          // an instance is one pod's, and DCGM_FI_DEV_GPU_UTIL is absent
	VGPU        = "vgpu"         // HAMi: caps bind while more than one is at work on a card
	TimeSlicing = "time-slicing" // those at work share evenly
	MPS         = "mps"          // each has its part, alone or not
	Remote      = "remote"       // the pods ask for no card; the host's are shared evenly
)

// Modes are all of them.
var Modes = []string{Whole, MIG, VGPU, TimeSlicing, MPS, Remote}

// Sharing is how a node's cards are shared.
type Sharing struct {
	Mode         string
	Cards        int
	PerCard      int // shares offered of each card
	MemoryMiB    int // of a card, which vGPU divides; 0: any amount
	Binpack      bool
	Interference float64 // work beside others at work takes so many times as long; at least 1
}

// Ask is what a pod wants of each of so many cards.
type Ask struct{ Cards, CoresPercent, MemoryMiB, MemoryPercent int }

type card struct {
	activity      activity // of all pods on it
	pods          int
	cores, memory int // given away
}

// Series says of whom utilisation is told, and how.
type Series struct {
	Namespace, Pod, Container, Node string
	Collection                      time.Duration // of the node's exporter; 0: the pod tells its own utilisation
	Sample                          time.Duration // what a value is of, before its collection; 0: all of that
	Scrape                          time.Duration // a value is held until a scrape of this period; 0: told at once
	CollectionPhase, ScrapePhase    time.Duration // after the start, see Expose
}

// Place is what a pod has of a host: which cards, and what is told of them.
type Place struct {
	Series

	uid      string
	host     *Host
	instance int // a number of its own on the host
	cards    []int
	ask      Ask
	bound    time.Time
	activity activity // the pod's own
}

// NewHost is a node whose pods share its cards so.
func NewHost(sharing Sharing) *Host {
	h := &Host{sharing: sharing, at: time.Now()}
	for range sharing.Cards {
		h.cards = append(h.cards, &card{})
	}
	return h
}

// Take puts a pod on cards, once for its UID; an error where none has room for it, which the scheduler cannot see as it
// counts over all cards.
func (h *Host) Take(uid string, ask Ask, series Series) (*Place, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at := slices.IndexFunc(h.places, func(p *Place) bool { return p.uid == uid }); at >= 0 {
		return h.places[at], nil
	}
	if h.sharing.Mode == Remote && len(h.cards) > 0 {
		ask.Cards = 1
	}
	if ask.MemoryMiB == 0 {
		ask.MemoryMiB = h.sharing.MemoryMiB * ask.MemoryPercent / 100
	}
	cards, err := h.choose(ask)
	if err != nil {
		return nil, err
	}
	p := &Place{Series: series, uid: uid, host: h, cards: cards, ask: ask, bound: time.Now()}
	for slices.ContainsFunc(h.places, func(other *Place) bool { return other.instance == p.instance }) {
		p.instance++
	}
	p.activity.keep = p.keep()
	for _, i := range cards {
		h.cards[i].pods++
		h.cards[i].cores += ask.CoresPercent
		h.cards[i].memory += ask.MemoryMiB
		h.cards[i].activity.keep = max(h.cards[i].activity.keep, p.keep())
	}
	h.places = append(h.places, p)
	return p, nil
}

// Leave gives the pod's cards back.
func (h *Host) Leave(uid string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := slices.IndexFunc(h.places, func(p *Place) bool { return p.uid == uid })
	if at < 0 {
		return
	}
	p := h.places[at]
	h.places = slices.Delete(h.places, at, at+1)
	for _, i := range p.cards {
		h.cards[i].pods--
		h.cards[i].cores -= p.ask.CoresPercent
		h.cards[i].memory -= p.ask.MemoryMiB
	}
}

// choose is the sharing mode's own order of cards: the first ones that have room.
func (h *Host) choose(ask Ask) ([]int, error) {
	if ask.Cards > 0 && len(h.cards) == 0 {
		return nil, nil // the node does not say how many it has: nothing is shared
	}
	order := make([]int, len(h.cards))
	for i := range order {
		order[i] = i
	}
	switch h.sharing.Mode {
	case VGPU:
		slices.SortStableFunc(order, func(a, b int) int {
			if h.sharing.Binpack {
				a, b = b, a
			}
			return cmp.Compare(h.fullness(a), h.fullness(b))
		})
	case TimeSlicing, MPS, Remote:
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(h.cards[a].pods, h.cards[b].pods) })
	}
	var cards []int
	for _, i := range order {
		if len(cards) < ask.Cards && h.hasRoom(h.cards[i], ask) {
			cards = append(cards, i)
		}
	}
	if h.sharing.Mode == TimeSlicing || h.sharing.Mode == MIG {
		// Several shares may be of one card.
		for n := 0; len(cards) > 0 && len(cards) < ask.Cards; n++ {
			cards = append(cards, cards[n])
		}
	}
	if len(cards) < ask.Cards {
		return nil, fmt.Errorf("no card has room for %+v", ask)
	}
	return cards, nil
}

func (h *Host) hasRoom(c *card, ask Ask) bool {
	switch h.sharing.Mode {
	case Whole:
		return c.pods == 0
	case Remote:
		return true
	case VGPU:
		return c.pods < h.sharing.PerCard && (ask.CoresPercent < 100 || c.pods == 0) &&
			(h.sharing.MemoryMiB == 0 || c.memory+ask.MemoryMiB <= h.sharing.MemoryMiB) &&
			c.cores+ask.CoresPercent <= 100 && (ask.CoresPercent > 0 || c.cores < 100)
	}
	return c.pods < h.sharing.PerCard
}

// fullness of a card is HAMi's score: its pods, cores and memory given away, each as a part of the whole.
func (h *Host) fullness(i int) float64 {
	c := h.cards[i]
	score := float64(c.pods)/float64(max(1, h.sharing.PerCard)) + float64(c.cores)/100
	if h.sharing.MemoryMiB > 0 {
		score += float64(c.memory) / float64(h.sharing.MemoryMiB)
	}
	return score
}

// cap is the most that a pod may have of a card, as a part of it; 0: all.
func (s Sharing) cap(ask Ask) float64 {
	switch s.Mode {
	case VGPU:
		return float64(ask.CoresPercent) / 100
	case MPS:
		return float64(100/max(1, s.PerCard)) / 100 // the plugin rounds down to whole per cent
	}
	return 0
}

// speeds of those at work on one card, by their caps. Alone at work under HAMi a pod has all of the card, whatever its cap:
// its default policy.
func (s Sharing) speeds(caps []float64) []float64 {
	speeds := maxMinFair(caps)
	switch {
	case s.Mode == Whole || s.Mode == MIG || (s.Mode == VGPU && len(caps) == 1):
		for i := range speeds {
			speeds[i] = 1
		}
	}
	if len(caps) > 1 {
		for i := range speeds {
			speeds[i] /= max(1, s.Interference)
		}
	}
	return speeds
}

// tellsTheCard: every pod on a card is told what any of them does there.
func (s Sharing) tellsTheCard() bool { return s.Mode == VGPU || s.Mode == TimeSlicing || s.Mode == MPS }

func (p *Place) begin(now time.Time) {
	p.activity.begin(now)
	for _, i := range p.cards {
		p.host.cards[i].activity.begin(now)
	}
}

func (p *Place) end(now time.Time) {
	p.activity.end(now)
	for _, i := range p.cards {
		p.host.cards[i].activity.end(now)
	}
}
