package plane

// auditPolicy lets a test prove who wrote what: each request that a client other than the plane itself makes, and every
// write of anybody, with its user; of the scale subresource also the body. Node heartbeats are left out.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:apiserver", kube-controller-manager, kube-scheduler, fixture]
  verbs: [get, list, watch]
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"]
- level: None
  namespaces: [kube-node-lease]
- level: Request
  resources:
  - group: apps
    resources: [deployments/scale, statefulsets/scale, replicasets/scale]
- level: Metadata
`
