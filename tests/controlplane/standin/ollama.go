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
}

func (s *Server) ollama(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Ollama is running") })
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]string{"version": "0.0.0-stand-in"})
	})
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"models": []any{map[string]any{"name": s.settings.Model, "model": s.settings.Model,
			"modified_at": "2026-01-05T00:00:00Z", "size": 637700138, "digest": strings.Repeat("0", 64),
			"details": map[string]any{"format": "gguf", "family": "llama"}}}})
	})
	mux.HandleFunc("POST /api/generate", s.generate(func(piece string) map[string]any {
		return map[string]any{"response": piece}
	}))
	mux.HandleFunc("POST /api/chat", s.generate(func(piece string) map[string]any {
		return map[string]any{"message": map[string]string{"role": "assistant", "content": piece}}
	}))
}

// generate answers a prompt; piece is how the endpoint wraps a part of the text.
func (s *Server) generate(piece func(string) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&asked); err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		if !s.has(asked.Model) {
			fail(w, http.StatusNotFound, fmt.Sprintf("model '%s' not found", asked.Model))
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

// write loads the model if it is the first, reads the prompt, and writes a word for each token at the set rate. It returns
// the number of tokens that went out.
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
	if !sleep(ctx, seconds(float64(prompt)/s.settings.PromptRate)) {
		return 0
	}
	read := time.Since(began) - load
	tokens := s.settings.Tokens
	if n := asked.Options.NumPredict; n != nil && *n >= 0 {
		tokens = *n
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
	text := ""
	start := time.Now()
	for i := range tokens {
		// Against the start, so that late timers do not add up.
		if !sleep(ctx, time.Until(start.Add(seconds(float64(i+1)/s.settings.TokenRate)))) {
			return i
		}
		word := fmt.Sprintf(" word%d", i)
		if stream {
			line(word, nil)
		} else {
			text += word
		}
	}
	line(text, map[string]any{"done_reason": "stop", "total_duration": time.Since(began), "load_duration": load,
		"prompt_eval_count": prompt, "prompt_eval_duration": read,
		"eval_count": tokens, "eval_duration": time.Since(start)})
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
