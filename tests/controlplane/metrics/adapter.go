package metrics

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"controlplane/journal"
)

const (
	custom   = "custom.metrics.k8s.io"
	external = "external.metrics.k8s.io"
)

// adapter answers the two APIs.
type adapter struct {
	values  *values
	client  kubernetes.Interface
	journal *journal.Journal
	failure int // under values' lock
}

// asked is what a path means.
type asked struct {
	Group, Version, Namespace, Resource, Name, Metric string
	selector                                          labels.Selector
}

// answer is a line of the journal.
type answer struct {
	User    string         `json:"user"`
	Path    string         `json:"path"`
	Metric  string         `json:"metric"`
	Status  int            `json:"status"`
	From    string         `json:"from"` // "set", or the query that was asked
	Values  []answerSample `json:"values"`
	Message string         `json:"message,omitempty"`
}

type answerSample struct {
	Object string  `json:"object"`
	Value  string  `json:"value"`
	AgeS   float64 `json:"age_s"`
}

func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) == 3 && parts[0] == "apis" {
		write(w, http.StatusOK, discovery(parts[1]+"/"+parts[2]))
		return
	}
	q, known := parse(parts, r)
	if !known {
		write(w, http.StatusNotFound, status(http.StatusNotFound, "no such path"))
		return
	}
	line := answer{User: r.Header.Get("X-Remote-User"), Path: r.URL.RequestURI(), Metric: q.Metric, Values: []answerSample{}}
	found, code, message := a.find(r.Context(), q, &line)
	line.Status, line.Message = code, message
	for _, s := range found {
		line.Values = append(line.Values, answerSample{s.object, s.value.String(), time.Since(s.at).Seconds()})
	}
	a.journal.Write(line)
	if code != http.StatusOK {
		write(w, code, status(code, message))
		return
	}
	write(w, code, list(q, found))
}

// parse reads apis/custom.metrics.k8s.io/VERSION/namespaces/NS/RESOURCE/NAME/METRIC, the same of a namespace itself
// (…/namespaces/NS/metrics/METRIC), and apis/external.metrics.k8s.io/VERSION/namespaces/NS/METRIC.
func parse(parts []string, r *http.Request) (q asked, known bool) {
	if len(parts) < 6 || parts[0] != "apis" || parts[3] != "namespaces" {
		return q, false
	}
	q.Group, q.Version, q.Namespace = parts[1], parts[2], parts[4]
	selector := r.URL.Query().Get("labelSelector")
	switch {
	case q.Group == custom && len(parts) == 8:
		q.Resource, q.Name, q.Metric = parts[5], parts[6], parts[7]
	case q.Group == custom && len(parts) == 7 && parts[5] == "metrics":
		q.Resource, q.Name, q.Metric = "namespaces", q.Namespace, parts[6]
	case q.Group == external && len(parts) == 6:
		q.Metric = parts[5]
	default:
		return q, false
	}
	var err error
	q.selector, err = labels.Parse(selector)
	return q, err == nil
}

// find returns the samples, or a status and why.
func (a *adapter) find(ctx context.Context, q asked, line *answer) ([]sample, int, string) {
	a.values.mu.Lock()
	failure := a.failure
	a.values.mu.Unlock()
	if failure != 0 {
		return nil, failure, "failing as it was told to"
	}
	found, from, err := a.values.read(ctx, q.Metric, q.Resource, q.Namespace, q.Name)
	line.From = from
	if err == nil && q.Name == "*" {
		found, err = a.selected(ctx, q, found)
	}
	if err != nil {
		return nil, http.StatusInternalServerError, err.Error()
	}
	if q.Group == external {
		found = slices.DeleteFunc(found, func(s sample) bool {
			return s.labels != nil && !q.selector.Matches(labels.Set(s.labels))
		})
	}
	if q.Group == custom && q.Name != "*" {
		one, known := bestFor(q.Name, found)
		if !known {
			return nil, http.StatusNotFound, "the metric " + q.Metric + " has no value"
		}
		found = []sample{one}
	}
	return found, http.StatusOK, ""
}

// bestFor is the object's own sample, else one for any.
func bestFor(object string, all []sample) (sample, bool) {
	at := slices.IndexFunc(all, func(s sample) bool { return s.object == object })
	if at < 0 {
		at = slices.IndexFunc(all, func(s sample) bool { return s.object == "" })
	}
	if at < 0 {
		return sample{}, false
	}
	found := all[at]
	found.object = object
	return found, true
}

// selected keeps the samples of the pods that the selector means; a value set for any goes to each.
func (a *adapter) selected(ctx context.Context, q asked, all []sample) ([]sample, error) {
	pods, err := a.client.CoreV1().Pods(q.Namespace).List(ctx, metav1.ListOptions{LabelSelector: q.selector.String()})
	if err != nil {
		return nil, err
	}
	found := []sample{}
	for _, pod := range pods.Items {
		if s, known := bestFor(pod.Name, all); known {
			found = append(found, s)
		}
	}
	return found, nil
}

func write(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

func status(code int, message string) metav1.Status {
	reasons := map[int]metav1.StatusReason{http.StatusNotFound: metav1.StatusReasonNotFound,
		http.StatusTooManyRequests: metav1.StatusReasonTooManyRequests, http.StatusForbidden: metav1.StatusReasonForbidden,
		http.StatusServiceUnavailable:  metav1.StatusReasonServiceUnavailable,
		http.StatusInternalServerError: metav1.StatusReasonInternalError}
	return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure,
		Message: message, Reason: reasons[code], Code: int32(code)}
}

// discovery names no metric: clients ask for what they want all the same.
func discovery(groupVersion string) metav1.APIResourceList {
	return metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"},
		GroupVersion: groupVersion, APIResources: []metav1.APIResource{}}
}

// list is how the group and version wrap samples: v1beta1 of custom metrics has the name flat, v1beta2 in an object.
func list(q asked, found []sample) map[string]any {
	items := []any{}
	for _, s := range found {
		item := map[string]any{"timestamp": metav1.NewTime(s.at), "value": s.value.String()}
		switch {
		case q.Group == external:
			item["metricName"], item["metricLabels"] = q.Metric, s.labels
			if s.labels == nil {
				item["metricLabels"] = map[string]string{}
			}
		case q.Version == "v1beta1":
			item["metricName"], item["describedObject"] = q.Metric, q.object(s.object)
		default:
			item["metric"], item["describedObject"] = map[string]any{"name": q.Metric}, q.object(s.object)
		}
		items = append(items, item)
	}
	kind := "MetricValueList"
	if q.Group == external {
		kind = "ExternalMetricValueList"
	}
	return map[string]any{"kind": kind, "apiVersion": q.Group + "/" + q.Version, "metadata": map[string]any{}, "items": items}
}

// object names what a value is of, by the kinds that autoscalers ask for.
func (q asked) object(name string) map[string]any {
	resource, group, _ := strings.Cut(q.Resource, ".")
	kinds := map[string]string{"pods": "Pod", "services": "Service", "namespaces": "Namespace", "nodes": "Node",
		"deployments": "Deployment", "statefulsets": "StatefulSet", "ingresses": "Ingress"}
	version := "v1"
	if group != "" {
		version = group + "/v1"
	}
	return map[string]any{"kind": kinds[resource], "apiVersion": version, "namespace": q.Namespace, "name": name}
}
