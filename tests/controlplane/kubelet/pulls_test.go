package kubelet

import (
	"context"
	"sync"
	"testing"
	"time"
)

// Two images of 200 ms each share the way into a node: both are there after 400 ms. A third pod of one of them waits for the
// rest, a later one not at all, and another node has a way of its own.
func TestPullsShareTheWayIntoANode(t *testing.T) {
	var p pulls
	ctx := context.Background()
	const alone = 200 * time.Millisecond
	began := time.Now()
	took := func(node, image string) time.Duration {
		p.wait(ctx, node, image, alone)
		return time.Since(began)
	}
	var all sync.WaitGroup
	expect := func(node, image string, expected time.Duration) {
		all.Go(func() {
			if found := took(node, image); found < expected || found > expected+80*time.Millisecond {
				t.Errorf("%s on %s: expected %v, found %v", image, node, expected, found)
			}
		})
	}
	expect("one", "a", 2*alone)
	expect("one", "a", 2*alone)
	expect("one", "b", 2*alone)
	expect("two", "a", alone)
	all.Wait()
	began = time.Now()
	expect("one", "b", 0)
	all.Wait()
}
