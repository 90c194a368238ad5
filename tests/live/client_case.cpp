#include "tests/live/client_case.hpp"

#include "tests/live/manifests.hpp"

namespace thaw::live {

kubernetes::Access access_of(const std::string& kubeconfig) {
  Diagnostics diagnostics;
  kubernetes::AccessOptions options;
  options.kubeconfig = kubeconfig;
  kubernetes::Access access = load_access(options, diagnostics);
  diagnostics.throw_if_any();
  return access;
}

void ClientCase::deploy(const std::string& name, int replicas) const {
  apply(deployment({.name = name, .replicas = replicas}));
}

std::string ClientCase::token_with(const std::string& account, const std::string& rules) const {
  apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: " + account +
        "}}\n---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: " +
        account + "}, rules: [" + rules +
        "]}\n---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: " +
        account + "}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: " + account +
        "}, subjects: [{kind: ServiceAccount, name: " + account + ", namespace: " + space() +
        "}]}\n");
  const Output made = kubectl({"create", "token", account});
  EXPECT_EQ(made.exit_code, 0) << made.text;
  return made.text.substr(0, made.text.find('\n'));
}

kubernetes::Access ClientCase::access_with(const std::string& token) const {
  kubernetes::Access access = transport_.access();
  access.endpoint.tls->certificate.clear();
  access.endpoint.tls->key.clear();
  access.credentials = kubernetes::StaticToken{token};
  return access;
}

}  // namespace thaw::live
