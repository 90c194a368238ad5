package standin

import (
	"context"
	"time"
)

// Link is what transfers share evenly, as pulls do the way into a node.
type Link struct{ station *station }

func NewLink() *Link { return &Link{&station{host: NewHost(Sharing{}), shares: true}} }

// Carry returns when a transfer is through that takes so long alone; false: ctx ended before.
func (l *Link) Carry(ctx context.Context, alone time.Duration) bool {
	return l.station.work(ctx, 0, alone, 1, func(int) {})
}
