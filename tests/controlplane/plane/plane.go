package plane

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"controlplane/cloud"
	"controlplane/journal"
	"controlplane/kubelet"
	"controlplane/volumes"
)

// plane is what runs.
type plane struct {
	layout
	options   options
	processes []*process
	cloud     string // URL
}

// start runs a component of this binary.
func (p *plane) start(name string, flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return p.launch(name, self, append([]string{name}, flags...)...)
}

func (p *plane) launch(name, program string, args ...string) error {
	child, err := start(p.dir, name, program, args...)
	if err == nil {
		p.processes = append(p.processes, child)
	}
	return err
}

func (p *plane) bringUp(ctx context.Context) error {
	if err := p.start("etcd", p.etcdFlags()...); err != nil {
		return err
	}
	if err := p.start("kube-apiserver", p.apiserverFlags()...); err != nil {
		return err
	}
	if err := p.start("metrics", p.metricsFlags(p.options)...); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", p.kubeconfig("fixture"))
	if err != nil {
		return err
	}
	// Connections are pooled by what is in the files then, not by their names: a second try has another authority.
	if err := rest.LoadTLSFiles(config); err != nil {
		return err
	}
	config.CAFile, config.CertFile, config.KeyFile = "", "", ""
	config.QPS, config.Burst = 2000, 4000
	api, err := rest.HTTPClientFor(config)
	if err != nil {
		return err
	}
	if err := p.answers(ctx, api, p.server()+"/readyz"); err != nil {
		return err
	}
	if err := p.start("kube-controller-manager", p.controllerFlags(p.options)...); err != nil {
		return err
	}
	if err := p.start("kube-scheduler", p.schedulerFlags()...); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfigAndClient(config, api)
	if err != nil {
		return err
	}
	if err := aggregate(ctx, client, p.ports.metrics); err != nil {
		return err
	}
	if err := p.standIns(ctx, client); err != nil {
		return err
	}
	for _, url := range []string{
		fmt.Sprintf("https://127.0.0.1:%d/healthz", p.ports.controllers),
		fmt.Sprintf("https://127.0.0.1:%d/healthz", p.ports.scheduler),
		fmt.Sprintf("http://127.0.0.1:%d/healthz", p.ports.metricsControl),
	} {
		if err := p.answers(ctx, anyCertificate(), url); err != nil {
			return err
		}
	}
	for _, groupVersion := range metricAPIs {
		if err := p.answers(ctx, api, p.server()+"/apis/"+groupVersion); err != nil {
			return err
		}
	}
	return p.publish(ctx, client)
}

// anyCertificate is for components that sign their own.
func anyCertificate() *http.Client {
	client, err := rest.HTTPClientFor(&rest.Config{TLSClientConfig: rest.TLSClientConfig{Insecure: true}})
	if err != nil {
		panic(err) // there is nothing in it that can fail
	}
	return client
}

// standIns start in this process: kubelet, cloud, and the list of pods for Prometheus, with Prometheus itself.
func (p *plane) standIns(ctx context.Context, client *kubernetes.Clientset) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	nodes, err := kubelet.New(ctx, client, factory, p.options.delays, p.net.pods)
	if err != nil {
		return err
	}
	if err := p.besideQueueProxies(nodes, factory); err != nil {
		return err
	}
	events, err := journal.Open(p.file("cloud.jsonl"))
	if err != nil {
		return err
	}
	pools := cloud.New(ctx, client, factory, events, p.options.scan, p.options.delays.Seed)
	if err := volumes.Provision(ctx, client, factory); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	mux := http.NewServeMux()
	pools.Handle(mux)
	handleTargets(mux, factory.Core().V1().Pods().Lister())
	mux.HandleFunc("GET /exporter/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		nodes.Expose(w)
	})
	mux.HandleFunc("PUT /exporter/start", func(http.ResponseWriter, *http.Request) { nodes.Start(time.Now()) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.cloud = "http://" + listener.Addr().String()
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return p.startPrometheus(ctx)
}

// besideQueueProxies makes what Knative's pods need.
func (p *plane) besideQueueProxies(nodes *kubelet.Kubelet, factory informers.SharedInformerFactory) error {
	if p.options.queueProxy == "" {
		return nil
	}
	if err := kubelet.MakeBridge(); err != nil {
		return err
	}
	if err := nodes.UseQueueProxy(p.options.queueProxy, p.dir); err != nil {
		return err
	}
	return playServices(factory, p.file("hosts"))
}

func (p *plane) startPrometheus(ctx context.Context) error {
	if !p.options.prometheus {
		return nil
	}
	program, err := findPrometheus()
	if err != nil {
		return err
	}
	flags, err := p.prometheusFlags(p.options, p.cloud)
	if err != nil {
		return err
	}
	if err := p.launch("prometheus", program, flags...); err != nil {
		return err
	}
	return p.answers(ctx, http.DefaultClient, p.prometheus()+"/-/ready")
}

func (p *plane) prometheus() string { return fmt.Sprintf("http://127.0.0.1:%d", p.ports.prometheus) }

// more is what READY says only sometimes.
func (p *plane) more() string {
	var text strings.Builder
	if p.options.prometheus {
		fmt.Fprintf(&text, " prometheus=%s", p.prometheus())
	}
	if p.options.namespace {
		fmt.Fprintf(&text, " netns=/proc/%d/ns/net", os.Getpid())
	}
	return text.String()
}

// watch returns when it is time to end. A process that ends by itself is an error; one that a test ended by a signal is not,
// as what happens then is what the test wants to see.
func (p *plane) watch(ctx context.Context) error {
	unexpected := make(chan *process)
	for _, child := range p.processes {
		go func() {
			select {
			case <-child.ended:
				if !child.signalled() {
					unexpected <- child
				}
			case <-ctx.Done():
			}
		}()
	}
	select {
	case child := <-unexpected:
		return child.failure()
	case <-ctx.Done():
		return nil
	}
}
