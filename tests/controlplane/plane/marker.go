package plane

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// publish tells clients that this cluster is the fixture, and where its stand-ins are: the ConfigMap kube-public/controlplane.
// What is there hurries if it is told to; a real cluster has no such object.
func (p *plane) publish(ctx context.Context, client kubernetes.Interface) error {
	said := map[string]string{
		"cloud":                p.cloud,
		"metrics":              fmt.Sprintf("http://127.0.0.1:%d", p.ports.metricsControl),
		"folder":               p.dir,
		"pods":                 p.net.pods,
		"services":             p.net.services,
		"hpa-sync":             p.options.hpaSync.String(),
		"hpa-downscale-window": p.options.hpaWindow.String(),
	}
	if p.options.prometheus {
		said["prometheus"], said["scrape"] = p.prometheus(), p.options.scrape.String()
	}
	marker := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "controlplane"}, Data: said}
	for {
		_, err := client.CoreV1().ConfigMaps(metav1.NamespacePublic).Create(ctx, marker, metav1.CreateOptions{})
		if !apierrors.IsNotFound(err) || ctx.Err() != nil {
			return err
		}
		time.Sleep(30 * time.Millisecond) // the API server makes the namespace a moment after it is ready
	}
}
