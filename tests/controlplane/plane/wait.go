package plane

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// patience is far above what any start takes, on a machine that has other things to do.
const patience = 2 * time.Minute

// answers waits until a GET of url answers 200; it gives up when a process ends, as others may wait for that one.
func (p *plane) answers(ctx context.Context, client *http.Client, url string) error {
	last := fmt.Errorf("no answer")
	for end := time.Now().Add(patience); time.Now().Before(end); {
		response, err := client.Get(url)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("%s", response.Status)
		}
		last = err
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(30 * time.Millisecond):
		}
		for _, child := range p.processes {
			if child.hasEnded() {
				return child.failure()
			}
		}
	}
	return fmt.Errorf("%s was not ready within %v: %w", url, patience, last)
}
