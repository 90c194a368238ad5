package plane

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	listers "k8s.io/client-go/listers/core/v1"
	slicelisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

// services does what kube-proxy and the cluster's DNS do: it listens on each Service's address and ports, passes each
// connection to one of the ready endpoints, and keeps a hosts file, rewritten in place, so that a bind mount of it stays
// current. A headless Service is a name of its first endpoint alone.
type services struct {
	hosts     string // file
	services  listers.ServiceLister
	endpoints slicelisters.EndpointSliceLister

	mu        sync.Mutex
	listening map[string][]net.Listener // by namespace/name, of those that are there
}

// playServices registers with the factory, which the caller starts.
func playServices(factory informers.SharedInformerFactory, hosts string) error {
	s := &services{hosts: hosts, services: factory.Core().V1().Services().Lister(),
		endpoints: factory.Discovery().V1().EndpointSlices().Lister(), listening: map[string][]net.Listener{}}
	if err := s.writeHosts(); err != nil {
		return err
	}
	if _, err := factory.Core().V1().Services().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { s.see(o.(*corev1.Service)) },
		UpdateFunc: func(_, now any) { s.see(now.(*corev1.Service)) },
		DeleteFunc: func(o any) {
			if service, ok := o.(*corev1.Service); ok {
				s.close(service)
			}
		}}); err != nil {
		return err
	}
	changed := func(any) { _ = s.writeHosts() }
	_, err := factory.Discovery().V1().EndpointSlices().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: changed, UpdateFunc: func(_, now any) { changed(now) }, DeleteFunc: changed})
	return err
}

func key(service *corev1.Service) string { return service.Namespace + "/" + service.Name }

func hasAddress(service *corev1.Service) bool {
	return service.Spec.ClusterIP != "" && service.Spec.ClusterIP != corev1.ClusterIPNone
}

// see listens anew, as ports may have changed. What a program of the plane itself holds on every address cannot be had.
func (s *services) see(service *corev1.Service) {
	s.close(service)
	if hasAddress(service) {
		s.mu.Lock()
		for _, port := range service.Spec.Ports {
			l, err := net.Listen("tcp", net.JoinHostPort(service.Spec.ClusterIP, fmt.Sprint(port.Port)))
			if err != nil {
				klog.Warningf("Service %s, port %d: %v", key(service), port.Port, err)
				continue
			}
			s.listening[key(service)] = append(s.listening[key(service)], l)
			go s.accept(l, service, port)
		}
		s.mu.Unlock()
	}
	_ = s.writeHosts()
}

func (s *services) close(service *corev1.Service) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.listening[key(service)] {
		_ = l.Close()
	}
	delete(s.listening, key(service))
}

func (s *services) accept(l net.Listener, service *corev1.Service, port corev1.ServicePort) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go s.pass(client, service, port)
	}
}

func (s *services) pass(client net.Conn, service *corev1.Service, port corev1.ServicePort) {
	defer client.Close()
	ready := s.ready(service, port.Name)
	if len(ready) == 0 {
		return
	}
	server, err := net.Dial("tcp", ready[rand.IntN(len(ready))])
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(client, server)
}

// ready are the addresses behind one of its ports.
func (s *services) ready(service *corev1.Service, port string) (addresses []string) {
	all, _ := s.endpoints.EndpointSlices(service.Namespace).List(
		labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: service.Name}))
	for _, slice := range all {
		for _, p := range slice.Ports {
			if p.Port == nil || p.Name == nil || *p.Name != port {
				continue
			}
			for _, e := range slice.Endpoints {
				if e.Conditions.Ready == nil || *e.Conditions.Ready {
					addresses = append(addresses, net.JoinHostPort(e.Addresses[0], fmt.Sprint(*p.Port)))
				}
			}
		}
	}
	slices.Sort(addresses)
	return addresses
}

func (s *services) writeHosts() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := []string{"127.0.0.1 localhost"}
	all, _ := s.services.List(labels.Everything())
	for _, service := range all {
		address := service.Spec.ClusterIP
		if address == corev1.ClusterIPNone && len(service.Spec.Ports) > 0 {
			address = ""
			if ready := s.ready(service, service.Spec.Ports[0].Name); len(ready) > 0 {
				address, _, _ = net.SplitHostPort(ready[0])
			}
		}
		if address != "" {
			name := service.Name + "." + service.Namespace
			lines = append(lines, fmt.Sprintf("%s %s.svc.cluster.local %[2]s.svc %[2]s", address, name))
		}
	}
	slices.Sort(lines[1:])
	return os.WriteFile(s.hosts, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}
