package metrics

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// control is what a test sets:
//
//	PUT    /values/METRIC[/OBJECT]   a quantity, of one object or of any that is asked for; ?age=30s: its timestamp lags
//	DELETE /values/METRIC[/OBJECT]   absent again
//	PUT    /queries/METRIC[/RESOURCE]   PromQL; $namespace and $name stand for what is asked for; RESOURCE: of pods, namespaces, … alone
//	DELETE /queries/METRIC[/RESOURCE]
//	PUT    /failure                  an HTTP status that every API call gets from now on
//	DELETE /failure
func (a *adapter) control() http.Handler {
	mux := http.NewServeMux()
	put := func(pattern string, set func(r *http.Request, text string) error) {
		mux.HandleFunc("PUT "+pattern, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
			if err == nil {
				a.values.mu.Lock()
				defer a.values.mu.Unlock()
				err = set(r, strings.TrimSpace(string(body)))
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
			}
		})
	}
	unset := func(pattern string, unset func(r *http.Request)) {
		mux.HandleFunc("DELETE "+pattern, func(_ http.ResponseWriter, r *http.Request) {
			a.values.mu.Lock()
			defer a.values.mu.Unlock()
			unset(r)
		})
	}
	put("/values/{key...}", func(r *http.Request, text string) error {
		quantity, err := resource.ParseQuantity(text)
		age := time.Duration(0)
		if text := r.URL.Query().Get("age"); err == nil && text != "" {
			age, err = time.ParseDuration(text)
		}
		if err == nil {
			a.values.set[r.PathValue("key")] = sample{value: quantity, age: age}
		}
		return err
	})
	unset("/values/{key...}", func(r *http.Request) { delete(a.values.set, r.PathValue("key")) })
	put("/queries/{key...}", func(r *http.Request, text string) error {
		a.values.queries[r.PathValue("key")] = text
		return nil
	})
	unset("/queries/{key...}", func(r *http.Request) { delete(a.values.queries, r.PathValue("key")) })
	put("/failure", func(_ *http.Request, text string) (err error) {
		a.failure, err = strconv.Atoi(text)
		return err
	})
	unset("/failure", func(*http.Request) { a.failure = 0 })
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	return mux
}
