package plane

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// freePorts are below the range from which the kernel takes those of outgoing connections. Somebody may still take one
// before its server does; then that server ends, and everything is begun again with other ports.
func freePorts(count int) ([]int, error) {
	var listeners []net.Listener
	defer func() {
		for _, l := range listeners {
			_ = l.Close()
		}
	}()
	var ports []int
	for range 100 * count {
		port := 20000 + rand.IntN(12000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		listeners = append(listeners, l)
		if ports = append(ports, port); len(ports) == count {
			return ports, nil
		}
	}
	return nil, fmt.Errorf("no free ports on 127.0.0.1")
}
