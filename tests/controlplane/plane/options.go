package plane

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"controlplane/kubelet"
)

// options of `up`.
type options struct {
	dir        string
	keep       bool
	stay       bool
	namespace  bool
	prometheus bool
	queueProxy string
	scrape     time.Duration
	hpaSync    time.Duration

	exporterScrape time.Duration
	hpaWindow      time.Duration
	scan           time.Duration
	delays         *kubelet.Delays
}

func parse(args []string) (options, error) {
	o := options{}
	flags := flag.NewFlagSet("up", flag.ExitOnError)
	flags.StringVar(&o.dir, "dir", "", "state `folder`, new or empty; by default a temporary one")
	flags.BoolVar(&o.keep, "keep", false, "leave the state folder behind")
	flags.BoolVar(&o.stay, "stay", false, "outlive the process that started this one")
	flags.BoolVar(&o.namespace, "namespace", false, "run in a network namespace of its own with nothing "+
		"but lo, where EndpointSlices are filled; needs root, and clients have to join it: nsenter --net=/proc/PID/ns/net")
	flags.BoolVar(&o.prometheus, "prometheus", false, "run Prometheus, which scrapes every pod's ports")
	flags.StringVar(&o.queueProxy, "queue-proxy", "", "Knative's `program`: containers named queue-proxy run it, each pod in a "+
		"network of its own, and Services are served, with their names in DIR/hosts; needs -namespace")
	flags.DurationVar(&o.scrape, "scrape", time.Second, "Prometheus' scrape interval")
	flags.DurationVar(&o.exporterScrape, "exporter-scrape", 200*time.Millisecond,
		"the same of the nodes' exporters, which themselves hold values back for as long as fake/scrape says")
	flags.DurationVar(&o.hpaSync, "hpa-sync", time.Second, "sync period of the HPA controller (Kubernetes: 15s)")
	flags.DurationVar(&o.hpaWindow, "hpa-downscale-window", 10*time.Second,
		"its default stabilization of scale-downs (Kubernetes: 5m)")
	flags.DurationVar(&o.scan, "cloud-scan", 500*time.Millisecond,
		"how often the cloud's autoscaler looks (cluster-autoscaler: 10s)")
	o.delays = kubelet.DelayFlags(flags)
	_ = flags.Parse(args)
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.queueProxy != "" && !o.namespace {
		return o, fmt.Errorf("-queue-proxy needs -namespace")
	}
	return o, nil
}

// makeDir makes the state folder, or takes an empty one: it is removed at the end, so it must hold nothing else.
func (o *options) makeDir() (err error) {
	if o.dir == "" {
		o.dir, err = os.MkdirTemp("", "controlplane-")
		return err
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(o.dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty", o.dir)
	}
	return err
}

// missing is a program that has to be installed first.
type missing struct{ what string }

func (m missing) Error() string { return m.what }

// ExitCode: 3 where the machine lacks something, else 1.
func ExitCode(err error) int {
	if errors.As(err, &missing{}) {
		return 3
	}
	return 1
}
