package kubelet

import (
	"fmt"
	"net/netip"
	"sync"
)

// addresses hands out those of one prefix in turn, so that one is not used again soon after its pod went.
type addresses struct {
	mu     sync.Mutex
	prefix netip.Prefix
	last   netip.Addr
	taken  map[netip.Addr]bool
}

func newAddresses(cidr string) (*addresses, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil, err
	}
	first := prefix.Masked().Addr()
	return &addresses{prefix: prefix, last: first, taken: map[netip.Addr]bool{first: true, first.Next(): true}}, nil
}

func (a *addresses) take() (netip.Addr, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range 1 << (32 - a.prefix.Bits()) {
		a.last = a.last.Next()
		if !a.prefix.Contains(a.last) {
			a.last = a.prefix.Masked().Addr()
		}
		if !a.taken[a.last] {
			a.taken[a.last] = true
			return a.last, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("every address of %s is taken", a.prefix)
}

func (a *addresses) giveBack(address netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.taken, address)
}
