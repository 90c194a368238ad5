package plane

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// The APIs that the metrics stand-in answers.
var metricAPIs = []string{"custom.metrics.k8s.io/v1beta1", "custom.metrics.k8s.io/v1beta2",
	"external.metrics.k8s.io/v1beta1"}

// aggregate makes the API server pass the metric APIs on: a Service that is only the name localhost, and its port.
func aggregate(ctx context.Context, client *kubernetes.Clientset, port int) error {
	api := client.CoreV1().RESTClient()
	service := map[string]any{"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "metrics"},
		"spec": map[string]any{"type": "ExternalName", "externalName": "localhost",
			"ports": []any{map[string]any{"port": port}}}}
	if err := create(ctx, api, "/api/v1/namespaces/kube-system/services", service); err != nil {
		return err
	}
	for _, groupVersion := range metricAPIs {
		group, version, _ := strings.Cut(groupVersion, "/")
		registration := map[string]any{"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
			"metadata": map[string]any{"name": version + "." + group},
			"spec": map[string]any{"group": group, "version": version, "groupPriorityMinimum": 100, "versionPriority": 100,
				"insecureSkipTLSVerify": true,
				"service":               map[string]any{"namespace": "kube-system", "name": "metrics", "port": port}}}
		if err := create(ctx, api, "/apis/apiregistration.k8s.io/v1/apiservices", registration); err != nil {
			return err
		}
	}
	return nil
}

func create(ctx context.Context, api rest.Interface, path string, object any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return api.Verb(http.MethodPost).AbsPath(path).SetHeader("Content-Type", "application/json").Body(body).Do(ctx).Error()
}
