package standin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// request is what /api/generate and /api/chat read; everything else in it is ignored, as Ollama does.
type request struct {
	Model    string `json:"model"`
	Prompt   string `json:"prompt"`
	Messages []struct {
		Content string `json:"content"`
	} `json:"messages"`
	Stream  *bool `json:"stream"`
	Options struct {
		NumPredict *int `json:"num_predict"`
	} `json:"options"`

	service time.Duration // in all; negative: by the rates
}

func (s *Server) ollama(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Ollama is running") })
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]string{"version": "0.0.0-stand-in"})
	})
	mux.HandleFunc("GET /api/tags", s.timed(func(w http.ResponseWriter) {
		reply(w, map[string]any{"models": []any{map[string]any{"name": s.settings.Model, "model": s.settings.Model,
			"modified_at": "2026-01-05T00:00:00Z", "size": 637700138, "digest": strings.Repeat("0", 64),
			"details": map[string]any{"format": "gguf", "family": "llama"}}}})
	}))
	mux.HandleFunc("POST /api/generate", s.generate(func(piece string) map[string]any {
		return map[string]any{"response": piece}
	}))
	mux.HandleFunc("POST /api/chat", s.generate(func(piece string) map[string]any {
		return map[string]any{"message": map[string]string{"role": "assistant", "content": piece}}
	}))
}

// timed answers at once, or after the work that the call brings.
func (s *Server) timed(answer func(http.ResponseWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		const none = -1
		service, err := serviceOf(r, none)
		switch {
		case err != nil:
			fail(w, http.StatusBadRequest, err.Error())
		case service == none:
			answer(w)
		default:
			s.measured(w, r, func(w http.ResponseWriter) int {
				if s.station.work(r.Context(), 0, service, 1, func(int) {}) {
					answer(w)
				}
				return 0
			})
		}
	}
}

// generate answers a prompt; piece is how the endpoint wraps a part of the text.
func (s *Server) generate(piece func(string) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked request
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&asked)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		if !s.has(asked.Model) {
			fail(w, http.StatusNotFound, fmt.Sprintf("model '%s' not found", asked.Model))
			return
		}
		const none = -1
		if asked.service, err = serviceOf(r, none); err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		s.measured(w, r, func(w http.ResponseWriter) int { return s.write(r.Context(), w, asked, piece) })
	}
}

// has: a name without a tag means its latest, as in Ollama.
func (s *Server) has(model string) bool {
	full := func(name string) string {
		if name != "" && !strings.Contains(name, ":") {
			return name + ":latest"
		}
		return name
	}
	return full(model) == full(s.settings.Model)
}

// write loads the model if it is the first, reads the prompt, and writes a word for each token at the set rate, or evenly over
// the work that the call brings. It returns the number of tokens that went out.
func (s *Server) write(ctx context.Context, w http.ResponseWriter, asked request, piece func(string) map[string]any) int {
	began := time.Now()
	if !s.loaded.wait(ctx, s.settings.Load) {
		return 0
	}
	load := time.Since(began)
	prompt := len(strings.Fields(asked.Prompt))
	for _, message := range asked.Messages {
		prompt += len(strings.Fields(message.Content))
	}
	tokens := s.settings.Tokens
	if n := asked.Options.NumPredict; n != nil && *n >= 0 {
		tokens = *n
	}
	read, each := seconds(float64(prompt)/s.settings.PromptRate), seconds(1/s.settings.TokenRate)
	if asked.service >= 0 {
		read, each = 0, asked.service/time.Duration(max(1, tokens))
	} else if tokens == 0 {
		read, each = 0, read
	}
	stream := asked.Stream == nil || *asked.Stream
	line := func(text string, last map[string]any) {
		out := piece(text)
		out["model"], out["created_at"], out["done"] = asked.Model, time.Now().UTC().Format(time.RFC3339Nano), last != nil
		for key, value := range last {
			out[key] = value
		}
		_ = json.NewEncoder(w).Encode(out)
		w.(http.Flusher).Flush()
	}
	if stream {
		w.Header().Set("Content-Type", "application/x-ndjson")
	} else {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	text, written := "", 0
	whole := s.station.work(ctx, read, each, max(1, tokens), func(i int) {
		if i >= tokens {
			return // all that there is to do was to read
		}
		word := fmt.Sprintf(" word%d", i)
		written++
		if stream {
			line(word, nil)
		} else {
			text += word
		}
	})
	if !whole {
		return written
	}
	line(text, map[string]any{"done_reason": "stop", "total_duration": time.Since(began), "load_duration": load,
		"prompt_eval_count": prompt, "prompt_eval_duration": read,
		"eval_count": tokens, "eval_duration": time.Since(began) - load - read})
	return tokens
}

// loading is done once, by whoever comes first; the others wait for it. One that leaves starts it over.
type loading struct {
	mu   sync.Mutex
	done bool
}

func (l *loading) wait(ctx context.Context, d time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = l.done || sleep(ctx, d)
	return l.done && ctx.Err() == nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, code int, why string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
}
