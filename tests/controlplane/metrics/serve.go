// Package metrics stands in for a metrics adapter: it answers custom.metrics.k8s.io and external.metrics.k8s.io from values
// that a test sets, or from PromQL that it asks Prometheus, and writes each answer to a journal.
package metrics

import (
	"flag"
	"net"
	"net/http"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"controlplane/journal"
)

// Serve is the program: the APIs over TLS, as the API server's aggregation wants them, and beside them over plain HTTP what
// tests set.
func Serve(args []string) error {
	flags := flag.NewFlagSet("metrics", flag.ExitOnError)
	api := flags.String("api", "127.0.0.1:0", "address of the APIs (TLS)")
	control := flags.String("control", "127.0.0.1:0", "address of what tests set (HTTP)")
	certificate := flags.String("cert", "", "certificate `file`")
	key := flags.String("key", "", "its key `file`")
	kubeconfig := flags.String("kubeconfig", "", "`file`, to see which pods a selector means")
	answers := flags.String("answers", "metric-answers.jsonl", "journal `file`")
	prometheus := flags.String("prometheus", "", "base `URL` of the Prometheus that queries go to")
	_ = flags.Parse(args)

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	log, err := journal.Open(*answers)
	if err != nil {
		return err
	}
	values := &values{set: map[string]sample{}, queries: map[string]string{}, prometheus: *prometheus}
	adapter := &adapter{values: values, client: client, journal: log}
	listener, err := net.Listen("tcp", *control)
	if err != nil {
		return err
	}
	failed := make(chan error)
	go func() { failed <- http.Serve(listener, adapter.control()) }()
	go func() { failed <- http.ListenAndServeTLS(*api, *certificate, *key, adapter) }()
	return <-failed
}
