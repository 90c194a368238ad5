package cloud

import (
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"controlplane/delay"
)

// Duration is a Go duration in JSON: "3s".
type Duration time.Duration

func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

func (d *Duration) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s: expected a duration such as \"3s\"", text)
	}
	parsed, err := time.ParseDuration(s)
	if err == nil && parsed < 0 {
		err = fmt.Errorf("%q is negative", s)
	}
	*d = Duration(parsed)
	return err
}

// Pool is what a test sets of a node pool; what it leaves out keeps its value, at first the defaults of newPool.
type Pool struct {
	Size int `json:"size"` // instances ordered or there
	Min  int `json:"min"`
	Max  int `json:"max"`

	// Of one instance all three are drawn with the same luck.
	Provision delay.Delay `json:"provision"` // from the order to the instance, which is billed from then on
	Boot      delay.Delay `json:"boot"`      // from the instance, whose Node is there and not ready, to Ready
	GPU       delay.Delay `json:"gpu"`       // from Ready until its devices are allocatable
	Removal   Duration    `json:"removal"`   // from the mark on an unneeded node to its end, when billing stops

	Capacity    corev1.ResourceList `json:"capacity"`
	Labels      map[string]string   `json:"labels"`
	Taints      []corev1.Taint      `json:"taints"`
	Annotations map[string]string   `json:"annotations"` // of its nodes: the fake kubelet's defaults for the pods on them
	PricePerS   float64             `json:"price_per_s"`

	Manual   bool     `json:"manual"`          // the autoscaler leaves it alone
	Unneeded Duration `json:"unneeded"`        // how long a node is empty before it is marked
	AfterAdd Duration `json:"delay_after_add"` // no node is marked so soon after any pool grew
	Backoff  Duration `json:"backoff"`         // how long no node is ordered after one could not be had
	GiveUp   Duration `json:"give_up"`         // an instance that is not there by then is given up

	SoldOut    bool `json:"sold_out"`    // orders fail after the provisioning time
	NeverEvery int  `json:"never_every"` // every n-th instance of the pool never comes
}

func newPool() Pool {
	return Pool{Max: 10,
		Provision: delay.Always(time.Second), Boot: delay.Always(time.Second), GPU: delay.Always(0), Removal: Duration(500 * time.Millisecond),
		Unneeded: Duration(10 * time.Second), Backoff: Duration(10 * time.Second), GiveUp: Duration(60 * time.Second)}
}

func (p *Pool) validate(name string) error {
	if problems := validation.IsDNS1123Label(name); len(problems) > 0 {
		return fmt.Errorf("pool %q: %s", name, problems[0])
	}
	if p.Min < 0 || p.Size < p.Min || p.Size > p.Max {
		return fmt.Errorf("pool %s: expected 0 <= min <= size <= max, found min %d, size %d, max %d", name, p.Min, p.Size, p.Max)
	}
	if p.PricePerS < 0 || p.NeverEvery < 0 {
		return fmt.Errorf("pool %s: price_per_s and never_every are not negative", name)
	}
	return nil
}
