#include "drivers/kubernetes/kubeconfig.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/http/base64.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/kubeconfig_file.hpp"

namespace thaw::kubernetes {
namespace {

namespace files = std::filesystem;
using Environment = std::function<std::optional<std::string>(const char*)>;

std::optional<std::string> process_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> paths;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t colon = std::min(list.find(':', from), list.size());
    if (colon > from) paths.push_back(list.substr(from, colon - from));
    from = colon + 1;
  }
  return paths;
}

// The text of a *-data key, or of the file that its sibling names; data beats the file.
std::string text_of(const Material& material, Diagnostics& diagnostics) {
  if (!material.data.text.empty()) {
    const auto decoded = http::from_base64(material.data.text);
    if (decoded) return *decoded;
    diagnostics.error(material.data.place, material.data.key, "expected base64");
    return "";
  }
  if (material.path.text.empty()) return "";
  const auto text = contents(material.path.text);
  if (text) return *text;
  diagnostics.error(material.path.place, material.path.key,
                    "the file " + material.path.text + " cannot be read");
  return "";
}

void set_proxy(http::Endpoint& endpoint, const Environment& environment, Diagnostics& diagnostics) {
  auto proxy = http::proxy_for(endpoint, environment);
  if (auto* const problem = std::get_if<std::string>(&proxy)) {
    diagnostics.error({"the environment"}, "", *problem);
  } else {
    endpoint.proxy = std::move(std::get<std::optional<http::Proxy>>(proxy));
  }
}

void use_cluster(const ClusterEntry& cluster, const Environment& environment, Access& access,
                 Diagnostics& diagnostics) {
  access.server = cluster.server.text;
  auto url = http::parse_url(cluster.server.text);
  if (auto* const problem = std::get_if<std::string>(&url)) {
    diagnostics.error(cluster.server.place, cluster.server.key, *problem);
    return;
  }
  access.endpoint = std::get<http::Endpoint>(std::move(url));
  if (access.endpoint.tls) {
    http::Tls& tls = *access.endpoint.tls;
    tls.ca = text_of(cluster.authority, diagnostics);
    tls.server_name = cluster.tls_server_name;
    tls.insecure = cluster.insecure;
  }
  if (cluster.proxy_url.text.empty()) {
    set_proxy(access.endpoint, environment, diagnostics);
    return;
  }
  auto proxy = http::parse_proxy_url(cluster.proxy_url.text);
  if (auto* const problem = std::get_if<std::string>(&proxy)) {
    diagnostics.error(cluster.proxy_url.place, cluster.proxy_url.key, *problem);
  } else {
    access.endpoint.proxy = std::get<http::Proxy>(std::move(proxy));
  }
}

// What a plugin is told of the cluster when it asks: client.authentication.k8s.io Cluster.
std::string cluster_info(const ClusterEntry& cluster, const http::Endpoint& endpoint) {
  Json info{{"server", cluster.server.text}, {"config", nullptr}};
  if (endpoint.tls && !endpoint.tls->ca.empty()) {
    info["certificate-authority-data"] = http::to_base64(endpoint.tls->ca);
  }
  if (!cluster.tls_server_name.empty()) info["tls-server-name"] = cluster.tls_server_name;
  if (cluster.insecure) info["insecure-skip-tls-verify"] = true;
  if (!cluster.proxy_url.text.empty()) info["proxy-url"] = cluster.proxy_url.text;
  return info.dump();
}

void use_user(const UserEntry& user, const ClusterEntry& cluster, Access& access,
              Diagnostics& diagnostics) {
  const std::string certificate = text_of(user.certificate, diagnostics);
  const std::string key = text_of(user.certificate_key, diagnostics);
  if (certificate.empty() != key.empty()) {
    diagnostics.error(user.place, user.key,
                      "expected both a client certificate and its key, or neither");
  } else if (access.endpoint.tls) {
    access.endpoint.tls->certificate = certificate;
    access.endpoint.tls->key = key;
  }
  if (user.exec) {
    ExecPlugin plugin = *user.exec;
    if (user.provide_cluster_info) plugin.cluster = cluster_info(cluster, access.endpoint);
    access.credentials = std::move(plugin);
  } else if (!user.token.empty()) {
    access.credentials = StaticToken{user.token};
  } else if (!user.token_file.empty()) {
    access.credentials = TokenFile{user.token_file};
  } else if (!user.username.empty()) {
    access.credentials = BasicAuth{user.username, user.password};
  }
  access.impersonation = user.impersonation;
}

template <class Entry>
const Entry* named(const std::map<std::string, Entry>& entries, const Word& name,
                   const std::string& what, Diagnostics& diagnostics) {
  const auto found = entries.find(name.text);
  if (found != entries.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [other, entry] : entries) names.push_back(other);
  const std::string near = nearest(name.text, names);
  diagnostics.error(name.place, name.key,
                    "no " + what + " is named \"" + name.text + "\"" +
                        (near.empty() ? "" : "; the nearest is \"" + near + "\""));
  return nullptr;
}

Access in_cluster(const AccessOptions& options, const Environment& environment,
                  Diagnostics& diagnostics) {
  Access access;
  access.context = "in-cluster";
  access.endpoint.host = environment("KUBERNETES_SERVICE_HOST").value_or("");
  const std::string port = environment("KUBERNETES_SERVICE_PORT").value_or("443");
  const bool v6 = access.endpoint.host.find(':') != std::string::npos;
  access.server =
      "https://" + (v6 ? "[" + access.endpoint.host + "]" : access.endpoint.host) + ":" + port;
  auto url = http::parse_url(access.server);
  if (auto* const problem = std::get_if<std::string>(&url)) {
    diagnostics.error({"KUBERNETES_SERVICE_HOST"}, "", access.server + ": " + *problem);
    return access;
  }
  access.endpoint = std::get<http::Endpoint>(std::move(url));
  const std::string ca = options.service_account + "/ca.crt";
  const auto authority = contents(ca);
  if (!authority || authority->empty()) {
    diagnostics.error({ca}, "", "expected the cluster's authority, the file cannot be read");
  }
  access.endpoint.tls->ca = authority.value_or("");
  access.credentials = TokenFile{options.service_account + "/token"};
  if (const auto name = contents(options.service_account + "/namespace")) {
    access.namespace_name = name->substr(0, name->find_last_not_of(" \r\n") + 1);
  }
  set_proxy(access.endpoint, environment, diagnostics);
  return access;
}

}  // namespace

Access load_access(const AccessOptions& options, Diagnostics& diagnostics) {
  const Environment environment = options.environment ? options.environment : process_environment;
  std::vector<std::string> paths;
  const bool named_file = !options.kubeconfig.empty();
  if (named_file) {
    paths = {options.kubeconfig};
  } else if (const auto list = environment("KUBECONFIG"); list && !list->empty()) {
    paths = split_list(*list);
  } else if (const auto home = environment("HOME"); home && !home->empty()) {
    paths = {*home + "/.kube/config"};
  }
  if (!named_file) {
    std::erase_if(paths, [](const std::string& path) {
      std::error_code ignored;
      return !files::exists(path, ignored);
    });
    if (paths.empty() && environment("KUBERNETES_SERVICE_HOST").value_or("") != "") {
      return in_cluster(options, environment, diagnostics);
    }
  }
  Access access;
  if (paths.empty()) {
    diagnostics.error(
        {"kubeconfig"}, "",
        "there is none: expected --kubeconfig, KUBECONFIG, ~/.kube/config, or a pod's "
        "service account");
    return access;
  }
  Kubeconfig config;
  for (const std::string& path : paths) merge_kubeconfig(path, config, diagnostics);
  if (!diagnostics.ok()) return access;
  Word name = config.current_context;
  if (!options.context.empty()) name = {options.context, {"--context"}, ""};
  if (name.text.empty()) {
    diagnostics.error({paths.front()}, "current-context", "expected the name of a context");
    return access;
  }
  access.context = name.text;
  const auto* const context = named(config.contexts, name, "context", diagnostics);
  if (!context) return access;
  if (!context->namespace_name.empty()) access.namespace_name = context->namespace_name;
  const auto* const cluster = named(config.clusters, context->cluster, "cluster", diagnostics);
  if (!cluster) return access;
  use_cluster(*cluster, environment, access, diagnostics);
  if (context->user.text.empty()) return access;
  const auto* const user = named(config.users, context->user, "user", diagnostics);
  if (user) use_user(*user, *cluster, access, diagnostics);
  return access;
}

}  // namespace thaw::kubernetes
