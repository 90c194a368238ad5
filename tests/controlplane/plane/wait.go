package plane

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// answers waits until a GET of url answers 200; it gives up when the process behind it ends or the limit passes.
func answers(ctx context.Context, client *http.Client, url string, behind *process, limit time.Duration) error {
	last := fmt.Errorf("no answer")
	for end := time.Now().Add(limit); time.Now().Before(end); {
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
		case <-behind.ended:
			return behind.failure()
		case <-time.After(30 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s was not ready within %v: %s: %w", behind.name, limit, url, last)
}
