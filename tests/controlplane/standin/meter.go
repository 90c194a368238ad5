package standin

import (
	"sync"
	"time"
)

// meter counts requests and measures which share of the last second at least one was in service. That is what
// DCGM_FI_DEV_GPU_UTIL says of a card: the share of time with a kernel on it, however few of its cores that kernel uses.
type meter struct {
	mu        sync.Mutex
	window    time.Duration
	waiting   int
	inService int
	busySince time.Time
	busy      []period // ended ones, oldest first
	codes     map[int]int
	seconds   float64
	tokens    int
}

type period struct{ from, to time.Time }

func newMeter() *meter { return &meter{window: time.Second, codes: map[int]int{}} }

// queue says whether one more may wait.
func (m *meter) queue(limit int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting >= limit {
		return false
	}
	m.waiting++
	return true
}

func (m *meter) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting--
}

func (m *meter) begin(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inService == 0 {
		m.busySince = now
	}
	m.inService++
}

func (m *meter) end(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inService--
	if m.inService == 0 {
		m.forget(now)
		m.busy = append(m.busy, period{m.busySince, now})
	}
}

// answered counts a request once, when its last byte is out.
func (m *meter) answered(code int, took time.Duration, tokens int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.codes[code]++
	m.seconds += took.Seconds()
	m.tokens += tokens
}

func (m *meter) forget(now time.Time) {
	for len(m.busy) > 0 && now.Sub(m.busy[0].to) >= m.window {
		m.busy = m.busy[1:]
	}
}

// utilisation is in 0..1 over the window that ends now.
func (m *meter) utilisation(now time.Time) float64 {
	m.forget(now)
	start := now.Add(-m.window)
	var total time.Duration
	add := func(from, to time.Time) {
		if from.Before(start) {
			from = start
		}
		total += to.Sub(from)
	}
	for _, p := range m.busy {
		add(p.from, p.to)
	}
	if m.inService > 0 {
		add(m.busySince, now)
	}
	return min(1, total.Seconds()/m.window.Seconds())
}
