package delay

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestWhatIsWrittenWrongIsRefused(t *testing.T) {
	for _, text := range []string{"", "5", "-1s", "lognormal 1s", "lognormal 2s 1s", "lognormal 0s 1s", "in turn", "in turn 1s x"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestConstantsAndTurns(t *testing.T) {
	for text, expected := range map[string][]time.Duration{
		"3s":                {3e9, 3e9, 3e9},
		"never":             {Forever, Forever, Forever},
		"in turn 1s 20ms":   {1e9, 20e6, 1e9},
		"in turn 1s 2s 3ms": {1e9, 2e9, 3e6},
	} {
		for n := range 3 {
			if found := Must(text).Draw(n+1, 0.7); found != expected[n] {
				t.Errorf("%q, %d: expected %v, found %v", text, n+1, expected[n], found)
			}
		}
	}
}

// The median and the 95th percentile of ten thousand draws are those that were asked for: the standard error of the
// fraction below a percentile p is sqrt(p(1-p)/10000), 0.5 % and 0.22 %; four of them are allowed.
func TestLognormalHasItsPercentiles(t *testing.T) {
	d := Must("lognormal 135ms 1.19s")
	var all []time.Duration
	for n := range 10000 {
		all = append(all, d.Draw(n, Luck(1, "start", n)))
	}
	for limit, expected := range map[time.Duration]float64{135 * time.Millisecond: 0.5, 1190 * time.Millisecond: 0.95} {
		below := 0
		for _, draw := range all {
			if draw <= limit {
				below++
			}
		}
		error := math.Sqrt(expected * (1 - expected) / 10000)
		if found := float64(below) / 10000; math.Abs(found-expected) > 4*error {
			t.Errorf("below %v: expected %v, found %v", limit, expected, found)
		}
	}
}

func TestLuckRepeats(t *testing.T) {
	draw := func(seed uint64, purpose string) (all []float64) {
		for n := range 5 {
			all = append(all, Luck(seed, purpose, n))
		}
		return all
	}
	if !slices.Equal(draw(7, "a"), draw(7, "a")) {
		t.Error("the same seed drew something else")
	}
	if slices.Equal(draw(7, "a"), draw(8, "a")) || slices.Equal(draw(7, "a"), draw(7, "b")) {
		t.Error("another seed or purpose drew the same")
	}
}
