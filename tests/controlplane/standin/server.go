package standin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Server is what listens in one pod: the same program on each of its ports.
type Server struct {
	settings Settings
	meter    *meter
	slots    chan struct{} // nil: any number
	loaded   loading
	http     *http.Server
}

func New(settings Settings) *Server {
	s := &Server{settings: settings, meter: newMeter()}
	if settings.Slots > 0 {
		s.slots = make(chan struct{}, settings.Slots)
	}
	s.http = &http.Server{Handler: s.handler()}
	return s
}

// Listen begins to serve on each port of address; all or none.
func (s *Server) Listen(address string, ports []int) error {
	var listeners []net.Listener
	for _, port := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err != nil {
			for _, l := range listeners {
				_ = l.Close()
			}
			return err
		}
		listeners = append(listeners, l)
	}
	for _, l := range listeners {
		go func() { _ = s.http.Serve(l) }()
	}
	return nil
}

// Close cuts what is open, as the end of a container does.
func (s *Server) Close() { _ = s.http.Close() }

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		s.expose(w, time.Now())
	})
	if s.settings.Kind == Ollama {
		s.ollama(mux)
	} else {
		s.function(mux)
	}
	return mux
}

// function is an OpenFaaS function behind of-watchdog: it answers its input after its service time.
func (s *Server) function(mux *http.ServeMux) {
	healthy := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "OK") }
	mux.HandleFunc("GET /_/health", healthy)
	mux.HandleFunc("GET /_/ready", healthy)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		input, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
		if err != nil {
			return // the client went
		}
		s.measured(w, r, func(w http.ResponseWriter) int {
			if !sleep(r.Context(), s.settings.Service) {
				return 0
			}
			w.Header().Set("X-Pod", s.settings.Pod)
			if len(input) == 0 {
				fmt.Fprintf(w, "%s %s %s\n", s.settings.Pod, r.Method, r.URL.Path)
			} else {
				_, _ = w.Write(input)
			}
			return 0
		})
	})
}

var errBusy = errors.New("busy")

// measured runs serve, which returns the tokens it wrote, in a slot and counts what came of it. A request refused for a
// full queue counts as 503, one whose client went as 499, as nginx has it.
func (s *Server) measured(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter) int) {
	arrived := time.Now()
	out := &statusWriter{ResponseWriter: w, code: http.StatusOK}
	tokens := 0
	switch err := s.slot(r.Context()); {
	case errors.Is(err, errBusy):
		fail(out, http.StatusServiceUnavailable, "server busy, please try again.  maximum pending requests exceeded")
	case err == nil:
		s.meter.begin(time.Now())
		tokens = serve(out)
		s.meter.end(time.Now())
		if s.slots != nil {
			<-s.slots
		}
	}
	if r.Context().Err() != nil {
		out.code = 499
	}
	s.meter.answered(out.code, time.Since(arrived), tokens)
}

// slot waits for a free one, first come, first served.
func (s *Server) slot(ctx context.Context) error {
	if s.slots == nil {
		return nil
	}
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	if !s.meter.queue(s.settings.QueueLimit) {
		return errBusy
	}
	defer s.meter.leave()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// statusWriter remembers the status and passes a flush on.
type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// sleep says whether the time passed before the client went.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
