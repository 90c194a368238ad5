// Package delay says how long something takes: always as long, or by chance that a seed repeats.
package delay

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Forever is a delay that does not pass.
const Forever = time.Duration(1<<63 - 1)

// z95 is the standard normal's 95th percentile.
const z95 = 1.6448536269514722

// Delay is written as
//
//	500ms                      always as long
//	never                      does not pass
//	lognormal 135ms 1.19s      median and 95th percentile
//	in turn 135ms 1.2s 90ms    the first takes the first of these, and so on; after the last, the first again
type Delay struct {
	text        string
	median, p95 time.Duration // lognormal, where p95 is set
	turn        []time.Duration
}

// Always is a delay of d.
func Always(d time.Duration) Delay { return Delay{text: d.String(), turn: []time.Duration{d}} }

// Parse reads one of the forms above.
func Parse(text string) (Delay, error) {
	words := strings.Fields(text)
	d := Delay{text: text}
	var err error
	switch {
	case text == "never":
		d.turn = []time.Duration{Forever}
	case len(words) > 2 && words[0] == "in" && words[1] == "turn":
		d.turn, err = durations(words[2:])
	case len(words) == 3 && words[0] == "lognormal":
		var both []time.Duration
		if both, err = durations(words[1:]); err == nil {
			d.median, d.p95 = both[0], both[1]
			if d.median <= 0 || d.p95 < d.median {
				err = fmt.Errorf("%q: expected 0 < median <= 95th percentile", text)
			}
		}
	default:
		d.turn, err = durations([]string{text})
	}
	return d, err
}

// Must is Parse of what the program itself wrote.
func Must(text string) Delay {
	d, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func durations(words []string) ([]time.Duration, error) {
	var all []time.Duration
	for _, word := range words {
		d, err := time.ParseDuration(word)
		if err != nil {
			return nil, err
		}
		if d < 0 {
			return nil, fmt.Errorf("%q is negative", word)
		}
		all = append(all, d)
	}
	return all, nil
}

func (d Delay) String() string { return d.text }

func (d Delay) MarshalJSON() ([]byte, error) { return json.Marshal(d.text) }

func (d *Delay) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s: expected a delay such as \"3s\"", text)
	}
	var err error
	*d, err = Parse(s)
	return err
}

// Draw is how long the n-th takes, counted from 1; z is its luck, see Luck.
func (d Delay) Draw(n int, z float64) time.Duration {
	if d.p95 == 0 {
		if len(d.turn) == 0 {
			return 0
		}
		return d.turn[(n-1)%len(d.turn)]
	}
	sigma := math.Log(float64(d.p95)/float64(d.median)) / z95
	return time.Duration(math.Min(float64(d.median)*math.Exp(sigma*z), float64(Forever)/2))
}

// Luck is standard normal, and the same whenever it is asked for with the same seed, purpose and n.
func Luck(seed uint64, purpose string, n int) float64 {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s/%d", purpose, n)
	return rand.New(rand.NewPCG(seed, hash.Sum64())).NormFloat64()
}
