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
	place    *Place
	station  *station
	meter    *meter
	slots    chan struct{} // nil: any number
	loaded   loading
	http     *http.Server
}

// New serves as the pod that has this place.
func New(settings Settings, place *Place) *Server {
	s := &Server{settings: settings, place: place, meter: newMeter()}
	s.station = &station{shares: settings.Shared || settings.OnCard}
	if settings.OnCard {
		s.station.host, s.station.place = place.host, place
	} else {
		s.station.host = NewHost(Sharing{})
	}
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
		service, err := serviceOf(r, s.settings.Service)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		s.measured(w, r, func(w http.ResponseWriter) int {
			if !s.station.work(r.Context(), 0, service, 1, func(int) {}) {
				return 0
			}
			w.Header().Set("X-Pod", s.place.Pod)
			if len(input) == 0 {
				fmt.Fprintf(w, "%s %s %s\n", s.place.Pod, r.Method, r.URL.Path)
			} else {
				_, _ = w.Write(input)
			}
			return 0
		})
	})
}

// ServiceHeader says how much work a call is: how long it takes alone, on a whole card if it is a card's.
const ServiceHeader = "Fake-Service"

func serviceOf(r *http.Request, otherwise time.Duration) (time.Duration, error) {
	text := r.Header.Get(ServiceHeader)
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && d < 0 {
		err = fmt.Errorf("%q is negative", text)
	}
	if err != nil {
		err = fmt.Errorf("header %s: %w", ServiceHeader, err)
	}
	return d, err
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
		s.meter.serve(1)
		s.place.begin(time.Now())
		tokens = serve(out)
		s.place.end(time.Now())
		s.meter.serve(-1)
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
