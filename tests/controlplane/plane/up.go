// Package plane brings a whole control plane up and takes it down again: etcd, API server, controllers and scheduler as they
// are upstream, each a process of its own, and around them the stand-ins for kubelets, cloud and metrics.
package plane

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"k8s.io/klog/v2"
)

// Up is the program. It prints one line on standard output when everything serves:
//
//	READY dir=… kubeconfig=… server=https://… cloud=http://… metrics=http://…
//
// followed by prometheus=http://… and netns=/proc/PID/ns/net where they were asked for,
// and runs until SIGTERM, SIGINT, the end of its parent, or the end of one of its processes, which is an error.
func Up(args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if o.namespace && os.Getenv(inNamespace) == "" {
		return enterNamespace()
	}
	runtime.LockOSThread() // see start
	signals, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, over := context.WithCancel(signals) // not stop: a signal that comes later would end us at once
	defer over()
	if !o.stay {
		watchParent(over)
	}
	if o.prometheus {
		if _, err := findPrometheus(); err != nil {
			return err
		}
	}
	if err := o.makeDir(); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err = run(ctx, o)
		if ctx.Err() != nil {
			err = nil // whatever was under way, it was told to end
		}
		retry := errors.Is(err, errStart) && attempt < 3
		if retry || !o.keep {
			_ = os.RemoveAll(o.dir)
		}
		if !retry {
			return err
		}
		fmt.Fprintf(os.Stderr, "controlplane: once more, with other ports: %v\n", err)
		if err := os.Mkdir(o.dir, 0o700); err != nil {
			return err
		}
	}
}

// errStart marks a process that ended while it was to start, as one does whose port was taken.
var errStart = errors.New("did not start")

func run(ctx context.Context, o options) error {
	began := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	l := layout{dir: o.dir, net: namespace}
	var err error
	if !o.namespace {
		var claim net.Listener
		if l.net, claim, err = loopback(); err != nil {
			return err
		}
		defer claim.Close()
	}
	if l.ports, err = takePorts(); err != nil {
		return err
	}
	if err := l.prepare(); err != nil {
		return err
	}
	if err := logTo(l.file("up.log")); err != nil {
		return err
	}
	p := &plane{layout: l, options: o}
	defer func() {
		cancel() // the stand-ins first: they would complain of an API server that is gone
		stopAll(p.processes)
	}()
	if err := p.bringUp(ctx); errors.Is(err, errEnded) {
		return fmt.Errorf("%w: %w", errStart, err)
	} else if err != nil {
		return err
	}
	fmt.Printf("READY dir=%s kubeconfig=%s server=%s cloud=%s metrics=http://127.0.0.1:%d%s\n",
		o.dir, l.kubeconfig("admin"), l.server(), p.cloud, l.ports.metricsControl, p.more())
	fmt.Fprintf(os.Stderr, "controlplane: ready after %.1f s\n", time.Since(began).Seconds())
	return p.watch(ctx)
}

// logTo takes what the client library says, of each cut connection among others, off standard error.
func logTo(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("", flag.PanicOnError)
	klog.InitFlags(flags)
	_ = flags.Parse([]string{"-logtostderr=false", "-stderrthreshold=FATAL", "-legacy_stderr_threshold_behavior=false"})
	klog.SetOutput(file)
	return nil
}
