package plane

import (
	"crypto/x509/pkix"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// ports of the processes of one plane, all on 127.0.0.1.
type ports struct{ etcd, peer, api, controllers, scheduler, metrics, metricsControl, prometheus int }

func takePorts() (p ports, err error) {
	free, err := freePorts(8)
	if err == nil {
		p = ports{free[0], free[1], free[2], free[3], free[4], free[5], free[6], free[7]}
	}
	return p, err
}

// layout is where things of one plane are.
type layout struct {
	dir   string
	ports ports
	net   network
}

func (l layout) file(name string) string { return filepath.Join(l.dir, name) }
func (l layout) server() string          { return fmt.Sprintf("https://127.0.0.1:%d", l.ports.api) }

// Users of the API server: each component has a name of its own, so that the audit log tells them apart. All may do
// everything; admin is the tests'.
var users = []string{"admin", "fixture", "kube-controller-manager", "kube-scheduler"}

// prepare writes certificates, kubeconfigs and the audit policy.
func (l layout) prepare() error {
	ca, err := newAuthority(l.dir)
	if err != nil {
		return err
	}
	first := net.ParseIP(l.net.services[:len(l.net.services)-len("0/16")] + "1") // of the Service kubernetes
	local := []net.IP{net.IPv4(127, 0, 0, 1), first}
	if err := ca.issue("apiserver", pkix.Name{CommonName: "kube-apiserver"}, local); err != nil {
		return err
	}
	for _, name := range []string{"front-proxy", "service-accounts"} {
		if err := ca.issue(name, pkix.Name{CommonName: name}, nil); err != nil {
			return err
		}
	}
	for _, user := range users {
		if err := ca.issue(user, pkix.Name{CommonName: user, Organization: []string{"system:masters"}}, nil); err != nil {
			return err
		}
		if err := l.writeKubeconfig(user); err != nil {
			return err
		}
	}
	return os.WriteFile(l.file("audit-policy.yaml"), []byte(auditPolicy), 0o600)
}

// writeKubeconfig: admin's is DIR/kubeconfig, the others' DIR/USER.kubeconfig.
func (l layout) writeKubeconfig(user string) error {
	config := clientcmdapi.NewConfig()
	config.Clusters["controlplane"] = &clientcmdapi.Cluster{Server: l.server(), CertificateAuthority: l.file("ca.crt")}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{ClientCertificate: l.file(user + ".crt"), ClientKey: l.file(user + ".key")}
	config.Contexts["controlplane"] = &clientcmdapi.Context{Cluster: "controlplane", AuthInfo: user}
	config.CurrentContext = "controlplane"
	return clientcmd.WriteToFile(*config, l.kubeconfig(user))
}

func (l layout) kubeconfig(user string) string {
	if user == "admin" {
		return l.file("kubeconfig")
	}
	return l.file(user + ".kubeconfig")
}

func (l layout) etcdFlags() []string {
	client := fmt.Sprintf("http://127.0.0.1:%d", l.ports.etcd)
	peer := fmt.Sprintf("http://127.0.0.1:%d", l.ports.peer)
	return []string{"--data-dir=" + l.file("etcd"), "--name=controlplane", "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=controlplane=" + peer}
}

func (l layout) apiserverFlags() []string {
	return []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", l.ports.etcd),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", l.ports.api),
		"--endpoint-reconciler-type=none", // it would publish a loopback address, which is invalid
		"--tls-cert-file=" + l.file("apiserver.crt"), "--tls-private-key-file=" + l.file("apiserver.key"),
		"--client-ca-file=" + l.file("ca.crt"), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + l.file("service-accounts.key"),
		"--service-account-signing-key-file=" + l.file("service-accounts.key"),
		"--service-cluster-ip-range=" + l.net.services,
		"--requestheader-client-ca-file=" + l.file("ca.crt"), "--requestheader-allowed-names=front-proxy",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
		"--proxy-client-cert-file=" + l.file("front-proxy.crt"), "--proxy-client-key-file=" + l.file("front-proxy.key"),
		"--audit-policy-file=" + l.file("audit-policy.yaml"), "--audit-log-path=" + l.file("audit.jsonl"),
		"--audit-log-format=json", "--audit-log-mode=blocking", "--audit-log-maxsize=4096",
		"--allow-privileged=true", "--profiling=false", "--enable-priority-and-fairness=false",
	}
}

func (l layout) controllerFlags(o options) []string {
	return []string{
		"--kubeconfig=" + l.kubeconfig("kube-controller-manager"), "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", l.ports.controllers), "--cert-dir=" + l.file("controllers"),
		"--leader-elect=false", "--use-service-account-credentials=false",
		"--service-account-private-key-file=" + l.file("service-accounts.key"), "--root-ca-file=" + l.file("ca.crt"),
		"--kube-api-qps=2000", "--kube-api-burst=4000",
		"--concurrent-deployment-syncs=20", "--concurrent-replicaset-syncs=20", "--concurrent-gc-syncs=40",
		"--namespace-sync-period=1s", // else a namespace with pods that drain is looked at again only after half their grace
		"--horizontal-pod-autoscaler-sync-period=" + o.hpaSync.String(),
		"--horizontal-pod-autoscaler-downscale-stabilization=" + o.hpaWindow.String(),
		"--horizontal-pod-autoscaler-initial-readiness-delay=1s",
		"--node-monitor-period=1s", "--node-monitor-grace-period=20s",
	}
}

func (l layout) schedulerFlags() []string {
	return []string{
		"--kubeconfig=" + l.kubeconfig("kube-scheduler"), "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", l.ports.scheduler), "--cert-dir=" + l.file("scheduler"),
		"--leader-elect=false", "--kube-api-qps=2000", "--kube-api-burst=4000",
	}
}

func (l layout) metricsFlags(o options) []string {
	flags := []string{
		fmt.Sprintf("-api=127.0.0.1:%d", l.ports.metrics), fmt.Sprintf("-control=127.0.0.1:%d", l.ports.metricsControl),
		"-cert=" + l.file("apiserver.crt"), "-key=" + l.file("apiserver.key"),
		"-kubeconfig=" + l.kubeconfig("fixture"), "-answers=" + l.file("metric-answers.jsonl"),
	}
	if o.prometheus {
		flags = append(flags, fmt.Sprintf("-prometheus=http://127.0.0.1:%d", l.ports.prometheus))
	}
	return flags
}
