package standin

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// expose writes the metrics as Prometheus reads them: of-watchdog's names, and DCGM's for the cards unless the node's exporter
// tells them.
func (s *Server) expose(out io.Writer, now time.Time) {
	m := s.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	of := fmt.Sprintf(`namespace=%q,pod=%q,container=%q`, s.place.Namespace, s.place.Pod, s.place.Container)
	head := func(name, kind, help string) {
		fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}

	head("http_requests_total", "counter", "requests answered")
	codes := make([]int, 0, len(m.codes))
	count := 0
	for code, n := range m.codes {
		codes = append(codes, code)
		count += n
	}
	slices.Sort(codes)
	for _, code := range codes {
		fmt.Fprintf(out, "http_requests_total{%s,code=\"%d\"} %d\n", of, code, m.codes[code])
	}
	head("http_request_duration_seconds", "summary", "from arrival to the last byte")
	fmt.Fprintf(out, "http_request_duration_seconds_sum{%s} %g\n", of, m.seconds)
	fmt.Fprintf(out, "http_request_duration_seconds_count{%s} %d\n", of, count)
	head("http_requests_in_flight", "gauge", "requests that arrived and are not answered")
	fmt.Fprintf(out, "http_requests_in_flight{%s} %d\n", of, m.inService+m.waiting)
	head("http_requests_queued", "gauge", "of these, the ones that wait for a slot")
	fmt.Fprintf(out, "http_requests_queued{%s} %d\n", of, m.waiting)
	if s.settings.Kind == Ollama {
		head("ollama_tokens_total", "counter", "tokens written")
		fmt.Fprintf(out, "ollama_tokens_total{%s} %d\n", of, m.tokens)
	}
	if s.place.Collection == 0 {
		exposeUtilisation(out, s.place.utilisations(now, now))
	}
}
