// Package standin serves HTTP as the programs in pods would: an Ollama server or an OpenFaaS function. How fast is set,
// so that a test knows what to expect; the load on them, their queues and their metrics are real.
package standin

import "time"

// Kinds of stand-ins.
const (
	Ollama   = "ollama"
	Function = "function"
)

// Settings of one pod's stand-in.
type Settings struct {
	Kind string

	Slots      int           // requests served at once; 0: any number
	Shared     bool          // of n in service each goes at 1/n
	OnCard     bool          // the work is a card's: replicas on one card slow each other down, and those in service share
	QueueLimit int           // requests that may wait for a slot; one more is refused with 503
	Service    time.Duration // a function's service time

	Model      string        // the one that Ollama has
	Load       time.Duration // the first generation waits so long for the model
	PromptRate float64       // tokens read per second
	TokenRate  float64       // tokens written per second, by each slot
	Tokens     int           // written where the request says no num_predict
}

// Defaults are Ollama's own where it has them (512 may wait), else a small model on a small card.
func Defaults() Settings {
	return Settings{Kind: Function, QueueLimit: 512, Service: 100 * time.Millisecond,
		Model: "tinyllama:latest", PromptRate: 1000, TokenRate: 50, Tokens: 32}
}
