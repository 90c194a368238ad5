// kubeconfig files as they are written: entries by name, each word with its place.
//
// Files are merged as client-go does: the first to name an entry, or a current context, wins.
// Relative paths are made absolute against their file's folder. Errors: to the Diagnostics, and no
// value of a credential is in them. Source: client-go's clientcmd/api/v1/types.go.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "drivers/kubernetes/credentials.hpp"
#include "engine/diagnostic.hpp"

namespace thaw::kubernetes {

struct Word {
  std::string text;
  Place place;
  std::string key;  // dotted: "clusters.kind.server"
};

struct Material {  // PEM, in place as base64 or in a file
  Word data, path;
};

struct ClusterEntry {
  Word server, proxy_url;
  Material authority;
  std::string tls_server_name;
  bool insecure = false;
};

struct UserEntry {
  Place place;
  std::string key;
  Material certificate, certificate_key;
  std::string token, token_file, username, password;
  http::Headers impersonation;
  std::optional<ExecPlugin> exec;
  bool provide_cluster_info = false;
};

struct ContextEntry {
  Word cluster, user;
  std::string namespace_name;
};

struct Kubeconfig {
  std::map<std::string, ClusterEntry> clusters;
  std::map<std::string, UserEntry> users;
  std::map<std::string, ContextEntry> contexts;
  Word current_context;
};

void merge_kubeconfig(const std::string& path, Kubeconfig& config, Diagnostics& diagnostics);

}  // namespace thaw::kubernetes
