// One binary for a whole Kubernetes control plane: the first argument chooses the program. The components share global
// registries of flags and metrics, so each runs as a process of its own; `up` starts them all.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	"controlplane/metrics"
	"controlplane/plane"
)

const usage = `usage: controlplane PROGRAM [flags]

  up        starts everything below on loopback, prints READY when it serves, ends on SIGTERM; up -help lists its flags
  metrics   the stand-in of the custom and external metrics APIs, alone
  kubectl   as upstream
  etcd, kube-apiserver, kube-controller-manager, kube-scheduler   as upstream
`

// The real components; each is built only when it is asked for, as building one already touches the global registries.
var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubectl":                 kubectl.NewDefaultKubectlCommand,
}

// The fixture's own programs.
var own = map[string]func(args []string) error{
	"up":      plane.Up,
	"metrics": metrics.Serve,
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	name := os.Args[1]
	os.Args = os.Args[1:] // every component parses os.Args
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	if component, found := components[name]; found {
		os.Exit(cli.Run(component()))
	}
	program, found := own[name]
	if !found {
		fmt.Fprintf(os.Stderr, "controlplane: unknown program %q\n%s", name, usage)
		os.Exit(2)
	}
	if err := program(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "controlplane %s: %v\n", name, err)
		os.Exit(plane.ExitCode(err))
	}
}
