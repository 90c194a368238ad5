package standin

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// rig is a host whose clock the test moves.
type rig struct {
	*Host
	start time.Time
	ends  map[string]time.Duration
	jobs  map[string]*job
}

func newRig(sharing Sharing) *rig {
	h := NewHost(sharing)
	return &rig{Host: h, start: h.at, ends: map[string]time.Duration{}, jobs: map[string]*job{}}
}

func (r *rig) replica(t *testing.T, name string, ask Ask, shares bool) *station {
	t.Helper()
	place, err := r.Take(name, ask, Series{Pod: name})
	if err != nil {
		t.Fatal(err)
	}
	return &station{host: r.Host, place: place, shares: shares}
}

// begin is station.work without waiting for it.
func (r *rig) begin(s *station, name string, at, work time.Duration) {
	r.until(at)
	j := &job{each: float64(work), next: s.clock + float64(work), left: 1, done: make(chan struct{}, 1)}
	if s.jobs = append(s.jobs, j); len(s.jobs) == 1 {
		r.working = append(r.working, s)
		r.share()
	}
	r.jobs[name] = j
}

// until moves the clock and notes what ended, to a tenth of a millisecond.
func (r *rig) until(at time.Duration) {
	for step := r.at.Sub(r.start); step <= at; step += 100 * time.Microsecond {
		r.advance(r.start.Add(step))
		r.note(step)
	}
}

func (r *rig) note(at time.Duration) {
	for name, j := range r.jobs {
		if _, noted := r.ends[name]; !noted && j.left == 0 {
			r.ends[name] = at
		}
	}
}

func (r *rig) expect(t *testing.T, name string, expected time.Duration) {
	t.Helper()
	if found := r.ends[name]; found < expected || found > expected+200*time.Microsecond {
		t.Errorf("%s: expected an end at %v, found %v", name, expected, found)
	}
}

const ms = time.Millisecond

// Document 2: five at 18 % until four have done 10, then one alone at full speed for its other 10.
func TestCapsBindUntilOneIsAlone(t *testing.T) {
	r := newRig(Sharing{Mode: VGPU, Cards: 1, PerCard: 10})
	for i := range 5 {
		work := 10 * ms
		if i == 4 {
			work *= 2
		}
		name := fmt.Sprint(i)
		r.begin(r.replica(t, name, Ask{Cards: 1, CoresPercent: 18}, true), name, 0, work)
	}
	r.until(100 * ms)
	for i := range 4 {
		r.expect(t, fmt.Sprint(i), 10*ms*100/18)
	}
	r.expect(t, "4", 10*ms*100/18+10*ms)
	if _, err := r.Take("sixth", Ask{Cards: 1, CoresPercent: 18}, Series{}); err == nil {
		t.Error("six of 18 % found room on one card")
	}
}

// Of n in service each advances at 1/n; with a late timer the ends are the same.
func TestProcessorSharing(t *testing.T) {
	for _, late := range []bool{false, true} {
		r := newRig(Sharing{})
		s := &station{host: r.Host, shares: true}
		r.begin(s, "a", 0, 30*ms) // alone for 10, then at a half: 10 + 40
		r.begin(s, "b", 10*ms, 30*ms)
		if late {
			r.advance(r.start.Add(65 * ms))
			// b had done 20 when a ended, and goes on alone: 50 + 10.
			if s.clock != float64(40*ms) {
				t.Errorf("expected 10 + 20 + 10 ms of work for each, found %v", time.Duration(s.clock))
			}
			continue
		}
		r.until(80 * ms)
		r.expect(t, "a", 50*ms)
		r.expect(t, "b", 60*ms)
	}
}

func TestEachModeHasItsSpeeds(t *testing.T) {
	half := Ask{Cards: 1, CoresPercent: 50}
	for _, c := range []struct {
		sharing Sharing
		ask     Ask
		alone   time.Duration // of 12 ms of work
		beside  time.Duration // one more of the same kind, begun at once
	}{
		{Sharing{Mode: Whole, Cards: 2}, Ask{Cards: 1}, 12 * ms, 12 * ms},
		{Sharing{Mode: MIG, Cards: 1, PerCard: 7}, Ask{Cards: 1}, 12 * ms, 12 * ms},
		{Sharing{Mode: TimeSlicing, Cards: 1, PerCard: 4}, Ask{Cards: 1}, 12 * ms, 24 * ms},
		{Sharing{Mode: MPS, Cards: 1, PerCard: 4}, Ask{Cards: 1}, 48 * ms, 48 * ms},
		{Sharing{Mode: Remote, Cards: 1}, Ask{}, 12 * ms, 24 * ms},
		{Sharing{Mode: Remote, Cards: 2}, Ask{}, 12 * ms, 12 * ms},
		{Sharing{Mode: VGPU, Cards: 1, PerCard: 4}, half, 12 * ms, 24 * ms},
		{Sharing{Mode: VGPU, Cards: 2, PerCard: 4}, half, 12 * ms, 12 * ms}, // spread
		{Sharing{Mode: VGPU, Cards: 2, PerCard: 4, Binpack: true}, half, 12 * ms, 24 * ms},
		{Sharing{Mode: TimeSlicing, Cards: 1, PerCard: 4, Interference: 1.5}, Ask{Cards: 1}, 12 * ms, 36 * ms},
	} {
		r := newRig(c.sharing)
		r.begin(r.replica(t, "a", c.ask, true), "alone", 0, 12*ms)
		r.until(60 * ms)
		r.expect(t, "alone", c.alone)

		r = newRig(c.sharing)
		r.begin(r.replica(t, "a", c.ask, true), "one", 0, 12*ms)
		r.begin(r.replica(t, "b", c.ask, true), "other", 0, 12*ms)
		r.until(60 * ms)
		r.expect(t, "one", c.beside)
		r.expect(t, "other", c.beside)
		if t.Failed() {
			t.Fatalf("%+v", c.sharing)
		}
	}
}

func TestMaxMinFair(t *testing.T) {
	for _, c := range []struct{ caps, expected []float64 }{
		{nil, nil},
		{[]float64{0.18, 0.18}, []float64{0.18, 0.18}},
		{[]float64{0, 0, 0}, []float64{1. / 3, 1. / 3, 1. / 3}},
		{[]float64{0.9, 0.2, 0}, []float64{0.4, 0.2, 0.4}},
		{[]float64{0.1, 0.3, 0.8}, []float64{0.1, 0.3, 0.6}},
	} {
		for i, found := range maxMinFair(c.caps) {
			if math.Abs(found-c.expected[i]) > 1e-12 {
				t.Errorf("%v: expected %v, found %v", c.caps, c.expected, maxMinFair(c.caps))
			}
		}
	}
}

// An exporter's value is of the last whole period, and of the card where pods share it.
func TestUtilisationIsOfTheLastWholePeriod(t *testing.T) {
	r := newRig(Sharing{Mode: VGPU, Cards: 1, PerCard: 2})
	told := Series{Pod: "a", Node: "n", Collection: 3 * time.Second, CollectionPhase: time.Second}
	a, _ := r.Take("a", Ask{Cards: 1}, told)
	b, _ := r.Take("b", Ask{Cards: 1}, Series{Pod: "b", Node: "n", Collection: 3 * time.Second, CollectionPhase: time.Second,
		Sample: time.Second})
	start := time.Now()
	tick := start.Add(4 * time.Second) // a phase of one
	for _, p := range []*Place{a, b} {
		p.bound = tick
		if found := p.utilisations(tick.Add(-1), start); found != nil {
			t.Errorf("there was a value before the first collection: %+v", found)
		}
	}
	a.begin(tick.Add(time.Second))
	a.end(tick.Add(1900 * ms))
	b.begin(tick.Add(2500 * ms))
	b.end(tick.Add(3500 * ms))
	for at, expected := range map[time.Duration][2]float64{
		0:           {0, 0},
		2999 * ms:   {0, 0},
		3000 * ms:   {1.4 / 3, 0.5},
		5999 * ms:   {1.4 / 3, 0.5},
		6000 * ms:   {0.5 / 3, 0},
		9000 * ms:   {0, 0},
		12_000 * ms: {0, 0},
	} {
		for i, p := range []*Place{a, b} {
			found := p.utilisations(tick.Add(at), start)
			if len(found) != 1 || math.Abs(found[0].share-expected[i]) > 1e-9 {
				t.Errorf("%v after a collection, %s: expected %v, found %+v", at, p.Pod, expected[i], found)
			}
		}
	}
}

// What is told is what was collected by the last scrape: with a period of 2 s and a phase of 1.5 s that of 5.5 s, 7.5 s, ….
func TestWhatIsCollectedWaitsForAScrape(t *testing.T) {
	p, _ := newRig(Sharing{}).Take("a", Ask{Cards: 1}, Series{Collection: 3 * time.Second, Scrape: 2 * time.Second,
		ScrapePhase: 1500 * ms})
	start := p.bound
	p.begin(start.Add(3 * time.Second))
	p.end(start.Add(4500 * ms)) // half of the second period
	for at, expected := range map[time.Duration]float64{
		0: -1, 1499 * ms: -1, 1500 * ms: 0, 6000 * ms: 0, 7499 * ms: 0, 7500 * ms: 0.5, 9499 * ms: 0.5, 9500 * ms: 0,
	} {
		found := p.utilisations(start.Add(at), start)
		if (expected < 0) != (len(found) == 0) || (len(found) > 0 && math.Abs(found[0].share-expected) > 1e-9) {
			t.Errorf("%v: expected %v, found %+v", at, expected, found)
		}
	}
}
