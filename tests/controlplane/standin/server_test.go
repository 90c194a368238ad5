package standin

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func serve(t *testing.T, settings Settings) *httptest.Server {
	t.Helper()
	place, err := NewHost(Sharing{}).Take("uid", Ask{Cards: 1}, Series{Namespace: "space", Pod: "pod"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(settings, place).handler())
	t.Cleanup(server.Close)
	return server
}

func call(t *testing.T, method, url, body, service string) (*http.Response, time.Duration) {
	t.Helper()
	request, _ := http.NewRequest(method, url, strings.NewReader(body))
	if service != "" {
		request.Header.Set(ServiceHeader, service)
	}
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
	}
	_ = response.Body.Close()
	return response, time.Since(began)
}

func within(t *testing.T, what string, found, least time.Duration) {
	t.Helper()
	if found < least || found > least+100*ms {
		t.Errorf("%s: expected %v, found %v", what, least, found)
	}
}

func TestACallSaysItsWork(t *testing.T) {
	settings := Defaults()
	function := serve(t, settings)
	settings.Kind = Ollama
	ollama := serve(t, settings)
	generate := `{"model":"tinyllama","prompt":"why","options":{"num_predict":7}}`
	for _, c := range []struct{ method, url, body string }{
		{"POST", function.URL, "x"},
		{"GET", ollama.URL + "/api/tags", ""},
		{"POST", ollama.URL + "/api/generate", generate},
		{"POST", ollama.URL + "/api/chat", `{"model":"tinyllama","stream":false,"messages":[{"content":"a"}]}`},
		{"POST", ollama.URL + "/api/generate", `{"model":"tinyllama","options":{"num_predict":0}}`},
	} {
		response, took := call(t, c.method, c.url, c.body, "0.25s")
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %s", c.method, c.url, response.Status)
		}
		within(t, c.url, took, 250*ms)
		for _, wrong := range []string{"1", "-1s", "soon"} {
			if response, _ := call(t, c.method, c.url, c.body, wrong); response.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %q was answered by %s", c.url, wrong, response.Status)
			}
		}
	}
	_, took := call(t, "POST", function.URL, "x", "")
	within(t, "a function by itself", took, settings.Service)
}

// Two calls of 200 ms: one after the other in one slot, side by side at half the speed, or at full speed each.
func TestDisciplines(t *testing.T) {
	for _, c := range []struct {
		slots           int
		shared, onCard  bool
		earlier, latest time.Duration
	}{
		{1, false, false, 200 * ms, 400 * ms},
		{2, false, false, 200 * ms, 200 * ms},
		{2, true, false, 400 * ms, 400 * ms},
		{2, false, true, 400 * ms, 400 * ms},
		{1, true, false, 200 * ms, 400 * ms},
	} {
		settings := Defaults()
		settings.Slots, settings.Shared, settings.OnCard = c.slots, c.shared, c.onCard
		server := serve(t, settings)
		took := make([]time.Duration, 2)
		var all sync.WaitGroup
		for i := range took {
			all.Go(func() { _, took[i] = call(t, "POST", server.URL, "x", "200ms") })
		}
		all.Wait()
		// One of them came a little earlier, and was alone until the other did.
		const between = 20 * ms
		within(t, "the earlier", min(took[0], took[1])+between, c.earlier)
		within(t, "the later", max(took[0], took[1])+between, c.latest)
		if t.Failed() {
			t.Fatalf("%+v", c)
		}
	}
}
