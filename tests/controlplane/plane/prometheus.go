package plane

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	listers "k8s.io/client-go/listers/core/v1"
)

// findPrometheus is asked before anything starts.
func findPrometheus() (string, error) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		err = missing{"no prometheus on PATH; as root: apt-get install --no-install-recommends prometheus"}
	}
	return program, err
}

// prometheusFlags writes the configuration, which takes the pods from this process: Debian's build cannot ask Kubernetes.
// Names that a pod exposes are kept. The nodes' exporters are one target that is known from the start: Prometheus takes new
// ones only each 5 s.
func (l layout) prometheusFlags(o options, standIns string) ([]string, error) {
	config := fmt.Sprintf(`global: {scrape_interval: %[1]dms, scrape_timeout: %[1]dms}
scrape_configs:
- job_name: pods
  honor_labels: true
  http_sd_configs: [{url: "%[2]s/targets", refresh_interval: 1s}]
- job_name: dcgm-exporter
  honor_labels: true
  metrics_path: /exporter/metrics
  scrape_interval: %[4]dms
  scrape_timeout: %[4]dms
  static_configs: [{targets: ["%[3]s"]}]
`, o.scrape.Milliseconds(), standIns, strings.TrimPrefix(standIns, "http://"),
		o.exporterScrape.Milliseconds())
	return []string{"--config.file=" + l.file("prometheus.yaml"), "--storage.tsdb.path=" + l.file("prometheus"),
		fmt.Sprintf("--web.listen-address=127.0.0.1:%d", l.ports.prometheus), "--log.level=warn",
		"--scrape.discovery-reload-interval=200ms",
	}, os.WriteFile(l.file("prometheus.yaml"), []byte(config), 0o600)
}

// handleTargets lists what runs in pods, as Prometheus' http_sd wants it: GET /targets. Only the first port of a pod, as all
// its ports have the same metrics.
func handleTargets(mux *http.ServeMux, pods listers.PodLister) {
	type target struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	mux.HandleFunc("GET /targets", func(w http.ResponseWriter, _ *http.Request) {
		found := []target{}
		all, _ := pods.List(labels.Everything())
		for _, pod := range all {
			if pod.Status.Phase != corev1.PodRunning || pod.Status.PodIP == "" {
				continue
			}
			for _, c := range pod.Spec.Containers {
				if len(c.Ports) > 0 {
					port := strconv.Itoa(int(c.Ports[0].ContainerPort))
					found = append(found, target{[]string{net.JoinHostPort(pod.Status.PodIP, port)},
						map[string]string{"namespace": pod.Namespace, "pod": pod.Name, "node": pod.Spec.NodeName}})
					break
				}
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(found)
	})
}
