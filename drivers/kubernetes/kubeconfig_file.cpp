#include "drivers/kubernetes/kubeconfig_file.hpp"

#include <filesystem>
#include <set>
#include <utility>

#include "engine/scenario/yaml.hpp"

namespace thaw::kubernetes {
namespace {

using yaml::Node;

constexpr yaml::Limits kLimits{8 << 20, 100'000, true};

// One map of the file: takes what is known of it; the rest is told at the end.
class Fields {
 public:
  Fields(const Node& node, std::string key, const std::string& folder, Diagnostics& diagnostics)
      : node_(node), key_(std::move(key)), folder_(folder), diagnostics_(diagnostics) {
    if (node.kind != Node::Kind::map && node.kind != Node::Kind::null) {
      diagnostics.error(node.place, key_, "expected a map, found " + kind_of(node));
    }
  }

  const Node* find(const std::string& name) {
    known_.insert(name);
    const Node* const found = node_.find(name);
    return found && found->kind != Node::Kind::null ? found : nullptr;
  }
  Word word(const std::string& name) {
    const Node* const found = find(name);
    if (!found) return {"", node_.place, path(name)};
    if (found->kind != Node::Kind::scalar) {
      diagnostics_.error(found->place, path(name), "expected text, found " + kind_of(*found));
      return {"", found->place, path(name)};
    }
    return {found->scalar, found->place, path(name)};
  }
  std::string text(const std::string& name) { return word(name).text; }
  Word required(const std::string& name) {
    Word found = word(name);
    if (found.text.empty())
      diagnostics_.error(node_.place, path(name), "expected text, found nothing");
    return found;
  }
  bool flag(const std::string& name) {
    const Word found = word(name);
    if (found.text.empty() || found.text == "false") return false;
    if (found.text != "true") diagnostics_.error(found.place, found.key, "expected true or false");
    return true;
  }
  Word file(const std::string& name) {
    Word found = word(name);
    if (!found.text.empty()) found.text = absolute(found.text);
    return found;
  }
  std::vector<const Node*> items(const std::string& name) {
    std::vector<const Node*> found;
    const Node* const list = find(name);
    if (!list) return found;
    if (list->kind != Node::Kind::list) {
      diagnostics_.error(list->place, path(name), "expected a list, found " + kind_of(*list));
    }
    for (const Node& item : list->list) found.push_back(&item);
    return found;
  }
  std::vector<std::string> texts(const std::string& name) {
    std::vector<std::string> found;
    for (const Node* const item : items(name)) {
      if (item->kind == Node::Kind::scalar)
        found.push_back(item->scalar);
      else
        diagnostics_.error(item->place, path(name), "expected text, found " + kind_of(*item));
    }
    return found;
  }
  Fields inner(const Node& node, const std::string& name) {
    return {node, path(name), folder_, diagnostics_};
  }
  void error(const std::string& name, const std::string& what) {
    const Node* const found = node_.find(name);
    diagnostics_.error(found ? found->place : node_.place, path(name), what);
  }
  std::string absolute(const std::string& text) const {
    return (std::filesystem::path(folder_) / text).lexically_normal().string();
  }
  std::string path(const std::string& name) const {
    return key_.empty() ? name : key_ + "." + name;
  }
  const Place& place() const { return node_.place; }
  const std::string& key() const { return key_; }
  void finish() {
    for (const auto& [key, value] : node_.map) {
      if (known_.contains(key.scalar)) continue;
      diagnostics_.notice(key.place.file + ": " + path(key.scalar) + " is not known here");
    }
  }

 private:
  // Never the text itself: it may be a token.
  static std::string kind_of(const Node& node) {
    return node.kind == Node::Kind::list  ? "a list"
           : node.kind == Node::Kind::map ? "a map"
                                          : "text";
  }

  const Node& node_;
  std::string key_;
  const std::string& folder_;
  Diagnostics& diagnostics_;
  std::set<std::string> known_;
};

ClusterEntry cluster_of(Fields fields) {
  ClusterEntry cluster;
  cluster.server = fields.required("server");
  cluster.proxy_url = fields.word("proxy-url");
  cluster.authority = {fields.word("certificate-authority-data"),
                       fields.file("certificate-authority")};
  cluster.tls_server_name = fields.text("tls-server-name");
  cluster.insecure = fields.flag("insecure-skip-tls-verify");
  if (cluster.insecure &&
      !(cluster.authority.data.text.empty() && cluster.authority.path.text.empty())) {
    fields.error("insecure-skip-tls-verify", "expected none beside a certificate-authority");
  }
  fields.flag("disable-compression");  // nothing is compressed here
  fields.find("extensions");
  fields.finish();
  return cluster;
}

ExecPlugin plugin_of(Fields fields) {
  ExecPlugin plugin;
  plugin.api_version = fields.required("apiVersion").text;
  if (!plugin.api_version.empty() && plugin.api_version != "client.authentication.k8s.io/v1" &&
      plugin.api_version != "client.authentication.k8s.io/v1beta1") {
    fields.error("apiVersion", "expected client.authentication.k8s.io/v1 or …/v1beta1");
  }
  plugin.command = fields.required("command").text;
  if (plugin.command.find('/') != std::string::npos)
    plugin.command = fields.absolute(plugin.command);
  plugin.args = fields.texts("args");
  for (const Node* const item : fields.items("env")) {
    Fields entry = fields.inner(*item, "env");
    const std::string name = entry.required("name").text;
    plugin.env.emplace_back(name, entry.text("value"));
    entry.finish();
  }
  plugin.install_hint = fields.text("installHint");
  const std::string mode = fields.text("interactiveMode");
  if (mode == "Always") {
    fields.error("interactiveMode", "expected Never or IfAvailable: nobody is there to be asked");
  } else if (!mode.empty() && mode != "Never" && mode != "IfAvailable") {
    fields.error("interactiveMode", "expected Never, IfAvailable or Always");
  } else if (mode.empty() && plugin.api_version == "client.authentication.k8s.io/v1") {
    fields.error("interactiveMode", "expected Never or IfAvailable, which v1 requires");
  }
  return plugin;
}

void read_impersonation(Fields& fields, http::Headers& headers) {
  const std::string user = fields.text("as"), uid = fields.text("as-uid");
  const std::vector<std::string> groups = fields.texts("as-groups");
  if (!user.empty()) headers.emplace_back("Impersonate-User", user);
  if (!uid.empty()) headers.emplace_back("Impersonate-Uid", uid);
  for (const std::string& group : groups) headers.emplace_back("Impersonate-Group", group);
  if (user.empty() && !(uid.empty() && groups.empty())) fields.error("as", "expected a user");
  if (fields.find("as-user-extra")) fields.error("as-user-extra", "is not supported");
  for (const auto& [name, value] : headers) {
    if (value.find_first_of("\r\n") != std::string::npos) fields.error("as", "expected one line");
  }
}

UserEntry user_of(Fields fields) {
  UserEntry user;
  user.place = fields.place();
  user.key = fields.key();
  user.certificate = {fields.word("client-certificate-data"), fields.file("client-certificate")};
  user.certificate_key = {fields.word("client-key-data"), fields.file("client-key")};
  user.token = fields.text("token");
  user.token_file = fields.file("tokenFile").text;
  user.username = fields.text("username");
  user.password = fields.text("password");
  read_impersonation(fields, user.impersonation);
  if (!user.token.empty() && !user.token_file.empty()) {
    fields.error("tokenFile", "expected either token or tokenFile: releases differ in which wins");
  }
  if (user.token.find_first_of(" \t\r\n") != std::string::npos) {
    fields.error("token", "expected a token without blanks");
  }
  if (fields.find("auth-provider")) {
    fields.error("auth-provider", "is gone from Kubernetes: expected exec");
  }
  if (const Node* const exec = fields.find("exec")) {
    Fields inner = fields.inner(*exec, "exec");
    user.provide_cluster_info = inner.flag("provideClusterInfo");
    user.exec = plugin_of(std::move(inner));
  }
  const int ways = !user.token.empty() + !user.token_file.empty() + !user.username.empty() +
                   user.exec.has_value();
  if (ways > 1 && (user.exec || !user.username.empty())) {
    fields.error("exec", "expected one of exec, token, tokenFile and username");
  }
  fields.find("extensions");
  fields.finish();
  return user;
}

ContextEntry context_of(Fields fields) {
  ContextEntry context;
  context.cluster = fields.required("cluster");
  context.user = fields.word("user");
  context.namespace_name = fields.text("namespace");
  fields.find("extensions");
  fields.finish();
  return context;
}

// clusters: [{name, cluster: {…}}] and its kin.
template <class Entry>
void read_entries(Fields& root, const std::string& list, const std::string& kind,
                  Entry (*read)(Fields), std::map<std::string, Entry>& entries) {
  std::set<std::string> here;
  for (const Node* const item : root.items(list)) {
    Fields entry = root.inner(*item, list);
    const Word name = entry.required("name");
    const Node* const inner = entry.find(kind);
    entry.finish();
    if (!here.insert(name.text).second) {
      entry.error("name", "is there twice: \"" + name.text + "\"");
      continue;
    }
    // A user without any credential is written as nothing.
    Node nothing;
    nothing.place = item->place;
    Entry found = read(root.inner(inner ? *inner : nothing, list + "." + name.text));
    entries.try_emplace(name.text, std::move(found));
  }
}

}  // namespace

void merge_kubeconfig(const std::string& path, Kubeconfig& config, Diagnostics& diagnostics) {
  const std::vector<Node> documents = yaml::parse_file(path, kLimits, {path}, diagnostics);
  if (documents.empty()) return;  // an empty file is what kubectl makes of a new one
  if (documents.size() > 1) {
    diagnostics.error(documents[1].place, "", "expected one document");
    return;
  }
  const std::string folder =
      std::filesystem::absolute(std::filesystem::path(path)).parent_path().string();
  Fields root(documents.front(), "", folder, diagnostics);
  const std::string version = root.text("apiVersion"), kind = root.text("kind");
  if (!version.empty() && version != "v1") root.error("apiVersion", "expected v1");
  if (!kind.empty() && kind != "Config") root.error("kind", "expected Config");
  read_entries(root, "clusters", "cluster", cluster_of, config.clusters);
  read_entries(root, "users", "user", user_of, config.users);
  read_entries(root, "contexts", "context", context_of, config.contexts);
  const Word current = root.word("current-context");
  if (config.current_context.text.empty()) config.current_context = current;
  for (const char* const known : {"preferences", "extensions"}) root.find(known);
  root.finish();
}

}  // namespace thaw::kubernetes
