package standin

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// Host is a node as far as work goes: whoever is at work on it, and how fast. Work that a replica has in service is worked
// off on a virtual clock, so that a timer that comes late moves no other end: what ended meanwhile is taken to have ended in
// time. The arithmetic is Kleinrock's for time sharing.
type Host struct {
	sharing Sharing
	cards   []*card
	places  []*Place // in the order in which they were taken

	mu      sync.Mutex
	at      time.Time  // everything is worked off until then
	working []*station // with something in service, in the order in which they began
	timer   *time.Timer
}

// station is one replica on a host: n jobs in service. Where they share, each advances at 1/n.
type station struct {
	host   *Host
	place  *Place // nil: work that slows nobody
	shares bool
	speed  float64
	clock  float64 // ns of work that a job has got since
	jobs   []*job
}

// job is work in pieces, the first after lead.
type job struct {
	next, each float64 // on the station's clock
	left       int     // pieces
	done       chan struct{}
}

func (s *station) sharers() float64 {
	if s.shares {
		return float64(len(s.jobs))
	}
	return 1
}

// work puts a job in service and calls piece after each of its pieces; false: ctx ended before it did.
func (s *station) work(ctx context.Context, lead, each time.Duration, pieces int, piece func(i int)) bool {
	j := &job{each: float64(each), left: pieces, done: make(chan struct{}, pieces)}
	s.host.change(func() {
		j.next = s.clock + float64(lead) + float64(each)
		if s.jobs = append(s.jobs, j); len(s.jobs) == 1 {
			s.host.working = append(s.host.working, s)
			s.host.share()
		}
	})
	for i := range pieces {
		select {
		case <-j.done:
			piece(i)
		case <-ctx.Done():
			s.host.change(func() { s.drop(j) })
			return false
		}
	}
	return ctx.Err() == nil
}

func (s *station) drop(j *job) {
	before := len(s.jobs)
	s.jobs = slices.DeleteFunc(s.jobs, func(other *job) bool { return other == j })
	if before > 0 && len(s.jobs) == 0 {
		s.host.working = slices.DeleteFunc(s.host.working, func(other *station) bool { return other == s })
		s.host.share()
	}
}

// first is the job whose next piece is done first, and how long that takes if nothing changes.
func (s *station) first() (*job, time.Duration) {
	first := slices.MinFunc(s.jobs, func(a, b *job) int {
		switch {
		case a.next < b.next:
			return -1
		case a.next > b.next:
			return 1
		}
		return 0
	})
	rest := math.Ceil(max(0, first.next-s.clock) * s.sharers() / s.speed)
	return first, time.Duration(min(rest, math.MaxInt64/4))
}

// change works everything off until now, then changes what is in service.
func (h *Host) change(what func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.advance(time.Now())
	what()
	h.rearm()
}

func (h *Host) advance(now time.Time) {
	for {
		s, j, rest := h.first()
		if s == nil || h.at.Add(rest).After(now) {
			break
		}
		h.move(h.at.Add(rest))
		s.clock = max(s.clock, j.next)
		j.next += j.each
		j.left--
		j.done <- struct{}{}
		if j.left == 0 {
			s.drop(j)
		}
	}
	h.move(now)
}

func (h *Host) first() (at *station, first *job, rest time.Duration) {
	for _, s := range h.working {
		if j, r := s.first(); at == nil || r < rest {
			at, first, rest = s, j, r
		}
	}
	return at, first, rest
}

func (h *Host) move(to time.Time) {
	for _, s := range h.working {
		s.clock += float64(to.Sub(h.at)) * s.speed / s.sharers()
	}
	h.at = to
}

func (h *Host) rearm() {
	s, _, rest := h.first()
	if s == nil {
		return
	}
	if h.timer == nil {
		h.timer = time.AfterFunc(rest, func() { h.change(func() {}) })
		return
	}
	h.timer.Reset(time.Until(h.at.Add(rest)))
}

// share sets the speed of each replica at work: on several cards, that of the slowest.
func (h *Host) share() {
	for _, s := range h.working {
		s.speed = 1
	}
	for i := range h.cards {
		var here []*station
		var caps []float64
		for _, s := range h.working {
			if s.place != nil && slices.Contains(s.place.cards, i) {
				here = append(here, s)
				caps = append(caps, h.sharing.cap(s.place.ask))
			}
		}
		for n, speed := range h.sharing.speeds(caps) {
			here[n].speed = min(here[n].speed, speed)
		}
	}
}
