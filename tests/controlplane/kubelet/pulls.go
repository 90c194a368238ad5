package kubelet

import (
	"context"
	"sync"
	"time"

	"controlplane/standin"
)

// pulls knows which image is on which node: the first pod waits for the pull, others for the rest of it, later ones not. A
// pull outlives the pod that wanted it. What is pulled at the same time shares the way into the node.
type pulls struct {
	mu    sync.Mutex
	nodes map[string]*store // by the node's UID
}

type store struct {
	link   *standin.Link
	images map[string]chan struct{} // closed when it is there
}

func (p *pulls) wait(ctx context.Context, node, image string, alone time.Duration) bool {
	if alone == never {
		return pass(ctx, never)
	}
	select {
	case <-p.pull(node, image, alone):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func (p *pulls) pull(node, image string, alone time.Duration) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nodes == nil {
		p.nodes = map[string]*store{}
	}
	s := p.nodes[node]
	if s == nil {
		s = &store{standin.NewLink(), map[string]chan struct{}{}}
		p.nodes[node] = s
	}
	there, begun := s.images[image]
	if !begun {
		there = make(chan struct{})
		s.images[image] = there
		if alone <= 0 {
			close(there)
			return there
		}
		go func() {
			s.link.Carry(context.Background(), alone)
			close(there)
		}()
	}
	return there
}
