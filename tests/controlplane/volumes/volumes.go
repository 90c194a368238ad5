// Package volumes stands in for a storage provisioner: each claim that no volume is bound to gets one of its size, class and
// access modes at once, and a volume whose claim is gone goes. Nothing is stored in them.
package volumes

import (
	"context"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// label marks the volumes that are made here.
const label = "fake/volume"

// Provision watches claims and volumes until ctx ends.
func Provision(ctx context.Context, client kubernetes.Interface, factory informers.SharedInformerFactory) error {
	handle := func(do func(any)) cache.ResourceEventHandlerFuncs {
		start := func(o any) { go do(o) }
		return cache.ResourceEventHandlerFuncs{AddFunc: start, UpdateFunc: func(_, now any) { start(now) }}
	}
	_, err := factory.Core().V1().PersistentVolumeClaims().Informer().AddEventHandler(handle(func(o any) {
		provide(ctx, client, o.(*corev1.PersistentVolumeClaim))
	}))
	if err != nil {
		return err
	}
	_, err = factory.Core().V1().PersistentVolumes().Informer().AddEventHandler(handle(func(o any) {
		remove(ctx, client, o.(*corev1.PersistentVolume))
	}))
	return err
}

func provide(ctx context.Context, client kubernetes.Interface, claim *corev1.PersistentVolumeClaim) {
	if claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil {
		return
	}
	class := ""
	if claim.Spec.StorageClassName != nil {
		class = *claim.Spec.StorageClassName
	}
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: "fake-" + string(claim.UID), Labels: map[string]string{label: "true"}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      claim.Spec.Resources.Requests,
			AccessModes:                   claim.Spec.AccessModes,
			StorageClassName:              class,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: "/nothing"}},
			ClaimRef: &corev1.ObjectReference{Kind: "PersistentVolumeClaim", Namespace: claim.Namespace,
				Name: claim.Name, UID: claim.UID},
		}}
	_, err := client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "volumes: claim %s/%s: %v\n", claim.Namespace, claim.Name, err)
	}
}

func remove(ctx context.Context, client kubernetes.Interface, volume *corev1.PersistentVolume) {
	if volume.Labels[label] == "" || volume.Status.Phase != corev1.VolumeReleased || volume.DeletionTimestamp != nil {
		return
	}
	err := client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "volumes: %s: %v\n", volume.Name, err)
	}
}
