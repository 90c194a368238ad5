package plane

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// network says which addresses pods and Services get. On plain loopback every socket is in 127.0.0.0/8, which EndpointSlices
// refuse to hold; in a namespace of its own a plane has the usual addresses, all of them local to its lo.
type network struct{ pods, services string }

var namespace = network{pods: "10.244.0.0/16", services: "10.96.0.0/16"}

// loopback is 127.1.0.0/16 and 127.2.0.0/16 for the first plane of a machine, the next two for the second, and so on. A plane
// holds its place by a socket without a file, which is free again when its process ends.
func loopback() (network, net.Listener, error) {
	for place := range 100 {
		claim, err := net.Listen("unix", fmt.Sprintf("@thaw-controlplane-%d", place))
		if err == nil {
			return network{fmt.Sprintf("127.%d.0.0/16", 1+2*place), fmt.Sprintf("127.%d.0.0/16", 2+2*place)}, claim, nil
		}
	}
	return network{}, nil, fmt.Errorf("a hundred control planes run on this machine already")
}

const inNamespace = "CONTROLPLANE_IN_NAMESPACE"

// enterNamespace begins this program again in a new network namespace; it returns only an error. The thread that leaves is
// the one that becomes the new program, so all of that is inside.
func enterNamespace() error {
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return missing{fmt.Sprintf("a network namespace needs root: %v", err)}
	}
	for i, cidr := range []string{"127.0.0.0/8", namespace.pods, namespace.services} {
		if err := addToLo(i, netip.MustParsePrefix(cidr)); err != nil {
			return fmt.Errorf("lo %s: %w", cidr, err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// main cut the program's own name off.
	return syscall.Exec(self, append([]string{self}, os.Args...), append(os.Environ(), inNamespace+"=1"))
}

// addToLo makes a whole prefix local: the kernel routes to itself what is in the prefix of an address of lo.
func addToLo(index int, prefix netip.Prefix) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	name := "lo"
	if index > 0 {
		name = fmt.Sprintf("lo:%d", index)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	set := func(what uint, address netip.Addr) error {
		if err := request.SetInet4Addr(address.AsSlice()); err != nil {
			return err
		}
		return unix.IoctlIfreq(socket, what, request)
	}
	mask := netip.AddrFrom4([4]byte{255, byte(uint16(0xff00) >> (prefix.Bits() - 8)), 0, 0})
	if err := set(unix.SIOCSIFADDR, prefix.Addr().Next()); err != nil {
		return err
	}
	if err := set(unix.SIOCSIFNETMASK, mask); err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}
