package kubelet

import (
	"context"
	"sync"
	"time"
)

// pulls knows which image is on which node: the first pod waits for the pull, others for the rest of it, later ones not.
type pulls struct {
	mu   sync.Mutex
	done map[[2]string]time.Time // by node (its UID) and image: when it is there
}

func (p *pulls) wait(ctx context.Context, node, image string, takes time.Duration) bool {
	if takes == never {
		return pass(ctx, never)
	}
	p.mu.Lock()
	if p.done == nil {
		p.done = map[[2]string]time.Time{}
	}
	key := [2]string{node, image}
	if _, begun := p.done[key]; !begun {
		p.done[key] = time.Now().Add(takes)
	}
	rest := time.Until(p.done[key])
	p.mu.Unlock()
	return pass(ctx, max(0, rest))
}
