#include "drivers/metrics/kubernetes_paths.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include "drivers/http/message.hpp"
#include "drivers/metrics/form.hpp"

namespace thaw::metrics {
namespace {

// Kinds that an Object metric usually describes and that have a group.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kGroups{
    {{"deployment", "apps"},
     {"statefulset", "apps"},
     {"replicaset", "apps"},
     {"daemonset", "apps"},
     {"ingress", "networking.k8s.io"},
     {"job", "batch"},
     {"cronjob", "batch"},
     {"gateway", "gateway.networking.k8s.io"}}};

// As the API machinery guesses it: "Ingress" → "ingresses", "Policy" → "policies".
std::string plural_of(std::string kind) {
  for (char& c : kind) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (kind.ends_with('s')) return kind + "es";
  if (kind.ends_with('y')) return kind.substr(0, kind.size() - 1) + "ies";
  return kind + "s";
}

std::string resource_of(std::string_view kind) {
  const std::size_t dot = kind.find('.');
  const std::string plural = plural_of(std::string(kind.substr(0, dot)));
  if (dot != std::string_view::npos) return plural + std::string(kind.substr(dot));
  for (const auto& [name, group] : kGroups) {
    if (plural == plural_of(std::string(name))) return plural + "." + std::string(group);
  }
  return plural;
}

std::string with(std::string path, const Form& form) {
  const std::string query = encode(form);
  return query.empty() ? path : std::move(path) + "?" + query;
}

}  // namespace

std::string_view group_of(MetricSource source) {
  switch (source) {
    case MetricSource::resource:
    case MetricSource::container_resource:
      return kResourceGroup;
    case MetricSource::pods:
    case MetricSource::object:
      return kCustomGroup;
    case MetricSource::external:
      return kExternalGroup;
    case MetricSource::query:
      break;
  }
  return {};
}

std::span<const std::string_view> versions_of(std::string_view group) {
  static constexpr std::array<std::string_view, 2> kCustom{"v1beta2", "v1beta1"};
  return std::span(kCustom).subspan(group == kCustomGroup ? 0 : 1);
}

std::string metric_path(const MetricRef& metric, const PodsOf& pods, std::string_view version) {
  const std::string base = "/apis/" + std::string(group_of(metric.source)) + "/" +
                           std::string(version) + "/namespaces/" + http::percent_encoded(pods.ns) +
                           "/";
  const std::string name = http::percent_encoded(metric.name);
  if (metric.source == MetricSource::external) {
    return with(base + name, {{"labelSelector", metric.selector}});
  }
  if (metric.source == MetricSource::pods) {
    return with(base + "pods/*/" + name,
                {{"labelSelector", pods.selector}, {"metricLabelSelector", metric.selector}});
  }
  if (metric.source != MetricSource::object) {
    return with(base + "pods", {{"labelSelector", pods.selector}});
  }
  const std::size_t slash = metric.object.find('/');
  const std::string kind = metric.object.substr(0, slash);
  const std::string object = slash == std::string::npos ? "" : metric.object.substr(slash + 1);
  // The namespace itself is no object in a namespace: it has a place of its own.
  if (kind == "Namespace") {
    return with("/apis/" + std::string(kCustomGroup) + "/" + std::string(version) + "/namespaces/" +
                    http::percent_encoded(object) + "/metrics/" + name,
                {{"metricLabelSelector", metric.selector}});
  }
  return with(base + resource_of(kind) + "/" + http::percent_encoded(object) + "/" + name,
              {{"metricLabelSelector", metric.selector}});
}

}  // namespace thaw::metrics
