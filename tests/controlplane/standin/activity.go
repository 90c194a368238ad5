package standin

import (
	"sync"
	"time"
)

// activity remembers when something was at work, as far back as keep. That is what DCGM_FI_DEV_GPU_UTIL says of a card: the
// share of time with a kernel on it, however few of its cores that kernel uses.
type activity struct {
	mu    sync.Mutex
	keep  time.Duration
	count int // at work now
	since time.Time
	ended []period // oldest first
}

type period struct{ from, to time.Time }

func (a *activity) begin(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count == 0 {
		a.since = now
	}
	a.count++
}

func (a *activity) end(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count--
	if a.count > 0 {
		return
	}
	for len(a.ended) > 0 && now.Sub(a.ended[0].to) >= a.keep {
		a.ended = a.ended[1:]
	}
	a.ended = append(a.ended, period{a.since, now})
}

// share is how much of the time between two instants something was at work, 0..1.
func (a *activity) share(from, to time.Time) float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var total time.Duration
	add := func(p period) {
		if p.from.Before(from) {
			p.from = from
		}
		if p.to.After(to) {
			p.to = to
		}
		total += max(0, p.to.Sub(p.from))
	}
	for _, p := range a.ended {
		add(p)
	}
	if a.count > 0 {
		add(period{a.since, to})
	}
	return min(1, total.Seconds()/to.Sub(from).Seconds())
}
