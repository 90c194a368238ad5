package metrics

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// values knows what each metric is: a value that was set, for one object or for any, or a query.
type values struct {
	prometheus string

	mu      sync.Mutex
	set     map[string]sample // by METRIC or METRIC/OBJECT
	queries map[string]string // by METRIC, or METRIC/RESOURCE where it is asked for of those alone
}

// sample is one value of a metric, of the object and with the labels that it names.
type sample struct {
	object string // "": whatever was asked for
	labels map[string]string
	value  resource.Quantity
	at     time.Time
	age    time.Duration // of a value that was set: how old it is whenever it is read
}

// read returns the metric's samples and where they are from; none where nothing is known, which is not an error.
// $namespace and $name of a query are those that were asked for.
func (v *values) read(ctx context.Context, metric, resource, namespace, name string) ([]sample, string, error) {
	v.mu.Lock()
	query, asks := v.queries[metric+"/"+resource]
	if !asks {
		query, asks = v.queries[metric]
	}
	var found []sample
	for key, s := range v.set {
		of, object, _ := strings.Cut(key, "/")
		s.object, s.at = object, time.Now().Add(-s.age)
		if of == metric && (object == "" || name == "*" || object == name) {
			found = append(found, s)
		}
	}
	v.mu.Unlock()
	if !asks {
		return found, "set", nil
	}
	text := strings.NewReplacer("$namespace", namespace, "$name", name).Replace(query)
	found, err := v.ask(ctx, text)
	return found, text, err
}

// ask is an instant query; a sample's object is its label pod, else its label name, else whatever was asked for.
func (v *values) ask(ctx context.Context, query string) ([]sample, error) {
	if v.prometheus == "" {
		return nil, fmt.Errorf("a query, and no Prometheus: start with -prometheus")
	}
	address := v.prometheus + "/api/v1/query?query=" + url.QueryEscape(query)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var body struct {
		Status string
		Error  string
		Data   struct {
			ResultType string
			Result     []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("%s: %w", response.Status, err)
	}
	if body.Status != "success" || body.Data.ResultType != "vector" {
		return nil, fmt.Errorf("%s: expected a vector, found %s %s", query, body.Data.ResultType, body.Error)
	}
	var found []sample
	for _, series := range body.Data.Result {
		text, _ := series.Value[1].(string)
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			continue // no quantity can say it, and an adapter leaves it out
		}
		seconds, _ := series.Value[0].(float64)
		object := series.Metric["pod"]
		if object == "" {
			object = series.Metric["name"]
		}
		found = append(found, sample{object: object, labels: series.Metric, at: time.UnixMilli(int64(seconds * 1000)),
			value: *resource.NewMilliQuantity(int64(math.Round(number*1000)), resource.DecimalSI)})
	}
	return found, nil
}
