package standin

import (
	"sync"
	"time"
)

// meter counts requests.
type meter struct {
	mu        sync.Mutex
	waiting   int
	inService int
	codes     map[int]int
	seconds   float64
	tokens    int
}

func newMeter() *meter { return &meter{codes: map[int]int{}} }

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

// serve is one more in service, or one fewer.
func (m *meter) serve(more int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inService += more
}

// answered counts a request once, when its last byte is out.
func (m *meter) answered(code int, took time.Duration, tokens int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.codes[code]++
	m.seconds += took.Seconds()
	m.tokens += tokens
}
