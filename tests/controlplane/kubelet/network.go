package kubelet

import (
	"fmt"
	"net/netip"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Bridge is what pods with a network of their own hang on; its first address is the plane's.
const Bridge = "kbr0"

var bridged = netip.MustParsePrefix("10.245.0.0/16")

// MakeBridge is called once, in the plane's own network namespace. Without an address of its own a bridge takes the lowest of
// its ports', and each pod that joins could freeze every connection for seconds.
func MakeBridge() error {
	return ip("link add %[1]s address 02:00:0a:f5:00:01 type bridge\naddr add %[2]s/16 dev %[1]s\nlink set %[1]s up\n",
		Bridge, bridged.Addr().Next())
}

// network is a pod's own: a thread that is in it. What is done there listens there, and what is started there runs there;
// it goes when the thread has ended, and all of that.
type network struct{ work chan func() }

func newNetwork(address string) (*network, error) {
	n := &network{make(chan func())}
	entered := make(chan error)
	thread := 0
	go func() {
		runtime.LockOSThread() // for good: the thread ends with this function
		err := unix.Unshare(unix.CLONE_NEWNET)
		thread = unix.Gettid()
		entered <- err
		for do := range n.work {
			do()
		}
	}()
	if err := <-entered; err != nil {
		close(n.work)
		return nil, err
	}
	outside := fmt.Sprintf("v%d", thread)
	err := ip("link add %[1]s type veth peer name eth0 netns %[2]d\nlink set %[1]s master %[3]s up\n", outside, thread, Bridge)
	if err == nil {
		err = n.inside(func() error {
			return ip("link set lo up\naddr add %s/16 dev eth0\nlink set eth0 up\nroute add default via %s\n",
				address, bridged.Addr().Next())
		})
	}
	if err != nil {
		n.leave()
	}
	return n, err
}

func (n *network) inside(do func() error) error {
	done := make(chan error)
	n.work <- func() { done <- do() }
	return <-done
}

func (n *network) leave() { close(n.work) }

func ip(lines string, values ...any) error {
	command := exec.Command("ip", "-batch", "-")
	command.Stdin = strings.NewReader(fmt.Sprintf(lines, values...))
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("ip: %w: %s", err, text)
	}
	return nil
}
