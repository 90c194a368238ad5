#include "engine/lint/cluster_hosts.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace thaw::lint {
namespace {

// The word behind the last underscore, or the whole name.
bool means_a_host(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords{"HOST", "HOSTS",   "URL",      "URI",
                                                   "ADDR", "ADDRESS", "ENDPOINT", "SERVER"};
  std::string last(name.substr(name.rfind('_') + 1));  // npos + 1 is 0
  std::ranges::transform(last, last.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return std::ranges::find(kWords, last) != kWords.end();
}

bool is_label(std::string_view text) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && text.size() <= 63 && small(text.front()) && text.back() != '-' &&
         std::ranges::all_of(text, [&](char c) { return small(c) || digit(c) || c == '-'; });
}

// Words that are settings and no hosts.
bool is_a_word(std::string_view text) {
  constexpr std::array<std::string_view, 12> kWords{"localhost", "true", "false",   "yes",
                                                    "no",        "on",   "off",     "none",
                                                    "auto",      "null", "default", "kubernetes"};
  return std::ranges::find(kWords, text) != kWords.end();
}

struct Authority {
  std::string_view host;
  bool with_scheme = false, with_port = false;
};

// "redis://user@cache:6379/0" → "cache".
Authority authority_of(std::string_view value) {
  Authority found;
  if (const std::size_t scheme = value.find("://"); scheme != std::string_view::npos) {
    found.with_scheme = true;
    value.remove_prefix(scheme + 3);
  }
  value = value.substr(0, value.find_first_of("/?#"));
  if (const std::size_t user = value.rfind('@'); user != std::string_view::npos)
    value.remove_prefix(user + 1);
  if (const std::size_t port = value.find(':'); port != std::string_view::npos) {
    found.with_port = true;
    value = value.substr(0, port);
  }
  if (value.ends_with('.')) value.remove_suffix(1);
  found.host = value;
  return found;
}

std::vector<std::string> labels_of(std::string_view host) {
  std::vector<std::string> labels;
  for (std::size_t at = 0; at <= host.size();) {
    const std::size_t dot = std::min(host.find('.', at), host.size());
    labels.emplace_back(host.substr(at, dot - at));
    at = dot + 1;
  }
  return labels;
}

}  // namespace

std::optional<ClusterHost> cluster_host(std::string_view name, std::string_view value,
                                        const std::set<std::string>& namespaces) {
  const Authority authority = authority_of(value);
  std::vector<std::string> labels = labels_of(authority.host);
  if (!std::ranges::all_of(labels, is_label) || is_a_word(labels.front())) return std::nullopt;
  const std::size_t svc =
      static_cast<std::size_t>(std::ranges::find(labels, "svc") - labels.begin());
  if (svc < labels.size()) {
    const std::size_t after = labels.size() - svc - 1;
    const bool whole = after == 2 && labels[svc + 1] == "cluster" && labels[svc + 2] == "local";
    if (after != 0 && !whole) return std::nullopt;  // of another cluster's domain
    // One pod of a StatefulSet has its name in front.
    if (svc == 2 || svc == 3) return ClusterHost{labels[svc - 2], labels[svc - 1]};
    return std::nullopt;
  }
  if (!means_a_host(name)) return std::nullopt;
  if (labels.size() == 2 && namespaces.contains(labels[1]))
    return ClusterHost{labels[0], labels[1]};
  // Of a URL a single word is a host; alone it may be any setting.
  const std::string upper(name.substr(name.rfind('_') + 1));
  const bool bare_is_host = upper == "HOST" || upper == "host";
  if (labels.size() == 1 && (bare_is_host || authority.with_scheme || authority.with_port))
    return ClusterHost{labels[0], ""};
  return std::nullopt;
}

std::set<std::string> namespaces_of(const Subject& subject) {
  std::set<std::string> namespaces;
  for (const Object& object : subject.objects) {
    if (!object.ns.empty()) namespaces.insert(object.ns);
    if (object.kind == "Namespace") namespaces.insert(object.name);
  }
  for (const Workload& workload : subject.manifests.workloads)
    if (!workload.ns.empty()) namespaces.insert(workload.ns);
  return namespaces;
}

}  // namespace thaw::lint
