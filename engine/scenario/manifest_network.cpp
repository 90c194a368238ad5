#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/yaml_text.hpp"

namespace thaw {

namespace {

constexpr std::string_view kCommunityPrefix = "nginx.ingress.kubernetes.io/";  // ingress-nginx
constexpr std::string_view kVendorPrefix = "nginx.org/";                       // nginx-ingress
constexpr std::int64_t kMostSeconds = 36'525LL * 24 * 3600;                    // 100 years

// A port by number or by name; a quoted number is a name to Kubernetes, and no valid one.
void read_target(Fields& item, ServicePort& port) {
  const yaml::Node* const value = item.find("targetPort");
  if (!value) {
    port.target = port.port;
    return;
  }
  if (!is_text(*value)) {
    port.target = static_cast<int>(item.integer("targetPort", 0, 1, kMostPort));
  } else if (value->scalar.find_first_not_of("0123456789") == std::string::npos) {
    item.expected("targetPort", "a number without quotes, or a port's name");
  } else {
    port.target_name = item.text("targetPort");
  }
}

ServicePort read_service_port(Fields& item) {
  ServicePort port;
  port.name = item.text("name");
  if (!item.has("port")) item.error("port", "is missing");
  port.port = static_cast<int>(item.integer("port", 0, 1, kMostPort));
  read_target(item, port);
  item.ignore({"protocol", "nodePort", "appProtocol"});
  item.finish();
  return port;
}

// The values that differ from what thaw assumes: one address for all endpoints, chosen per
// connection.
void tell_special_service(Fields& spec) {
  const std::string type = spec.text("type", "ClusterIP");
  if (type == "ExternalName") spec.report().not_modelled("type ExternalName");
  constexpr std::array<std::string_view, 4> kTypes{"ClusterIP", "NodePort", "LoadBalancer",
                                                   "ExternalName"};
  if (std::ranges::find(kTypes, type) == kTypes.end()) {
    spec.expected("type", "ClusterIP, NodePort, LoadBalancer or ExternalName");
  }
  if (spec.text("clusterIP") == "None") spec.report().not_modelled("clusterIP None");
  if (spec.text("sessionAffinity", "None") != "None") {
    spec.report().not_modelled("sessionAffinity");
  }
  spec.ignore({"clusterIPs", "ipFamilies", "ipFamilyPolicy", "externalTrafficPolicy",
               "internalTrafficPolicy", "healthCheckNodePort", "allocateLoadBalancerNodePorts",
               "loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges", "externalIPs",
               "externalName", "sessionAffinityConfig"});
}

// "1200": seconds. ingress-nginx passes over anything else and keeps its default.
void read_community_timeout(const Params::Entry& entry, const std::string& name,
                            ObjectReport& report, Duration& timeout) {
  const auto value = units::integer(entry.value);
  if (value && *value >= 0 && *value <= kMostSeconds) {
    timeout = std::chrono::seconds(*value);
    return;
  }
  report.notice(
      fmt::format("ingress-nginx ignores {}: {}, which is no bare number of seconds; {} stays",
                  name, yaml::quote(entry.value), to_text(timeout)));
}

// "1200s". The vendor's controller refuses the whole Ingress if it cannot read one.
void read_vendor_timeout(const Params::Entry& entry, const std::string& name, ObjectReport& report,
                         Duration& timeout) {
  const auto value = units::nginx_duration(entry.value);
  if (value && *value <= std::chrono::seconds(kMostSeconds)) {
    timeout = *value;
    return;
  }
  report.error(entry.place, "metadata.annotations." + name,
               fmt::format("expected a time such as 1200s, found {}", yaml::quote(entry.value)));
}

void read_timeouts(const Texts& annotations, IngressObject& ingress, ObjectReport& report) {
  const auto has_family = [&](std::string_view prefix) {
    const auto first = annotations.lower_bound(std::string(prefix));
    return first != annotations.end() && first->first.starts_with(prefix);
  };
  const bool vendor = has_family(kVendorPrefix) && !has_family(kCommunityPrefix);
  ingress.controller = vendor ? "nginx-ingress" : "ingress-nginx";
  if (vendor) ingress.connect_timeout = std::chrono::seconds(60);
  const std::string_view prefix = vendor ? kVendorPrefix : kCommunityPrefix;
  const std::map<std::string_view, Duration*> timeouts{
      {"proxy-connect-timeout", &ingress.connect_timeout},
      {"proxy-read-timeout", &ingress.read_timeout},
      {"proxy-send-timeout", &ingress.send_timeout}};
  // thaw looks at neither encryption nor where a client is sent to get it.
  const std::set<std::string_view> inert{"ssl-redirect", "force-ssl-redirect", "redirect-to-https"};

  for (const auto& [name, entry] : annotations) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view key = std::string_view(name).substr(prefix.size());
    const auto timeout = timeouts.find(key);
    if (timeout == timeouts.end()) {
      if (!inert.contains(key)) report.not_modelled(name);
    } else if (vendor) {
      read_vendor_timeout(entry, name, report, *timeout->second);
    } else {
      read_community_timeout(entry, name, report, *timeout->second);
    }
  }
}

void read_backend(Fields& path, IngressRule& rule) {
  if (!path.has("backend")) {
    path.error("backend", "is missing");
    return;
  }
  Fields backend = path.child("backend", "backend.");
  if (backend.has("service")) {
    Fields service = backend.child("service");
    rule.service = service.required_text("name");
    Fields port = service.child("port");
    rule.port = static_cast<int>(port.integer("number", 0, 1, kMostPort));
    rule.port_name = port.text("name");
    const bool by_number = port.has("number"), by_name = port.has("name");
    if (by_number == by_name) service.error("port", "expected either a number or a name");
  }
  backend.finish();
}

IngressRule read_path(Fields& item, const std::string& host) {
  IngressRule rule;
  rule.host = host;
  const std::string type = item.required_text("pathType");
  if (type == "Exact") item.report().notice("pathType Exact is taken for a prefix");
  if (!type.empty() && type != "Exact" && type != "Prefix" && type != "ImplementationSpecific") {
    item.expected("pathType", "Prefix, Exact or ImplementationSpecific");
  }
  rule.path = item.text("path", "/");
  if (!rule.path.starts_with('/')) item.expected("path", "a path that begins with /");
  read_backend(item, rule);
  item.finish();
  return rule;
}

}  // namespace

ServiceObject read_service(const ObjectHead& head, Fields& object) {
  ServiceObject service{head.place, head.name, head.ns, {}, {}};
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return service;
  }
  Fields spec = object.child("spec");
  service.selector = values_of(spec.texts("selector"));
  std::vector<Fields> ports = spec.items("ports", "ports.");
  if (ports.empty() && spec.text("type") != "ExternalName" && spec.text("clusterIP") != "None") {
    spec.error("ports", "a Service needs at least one port");
  }
  std::set<std::string> names;
  for (Fields& item : ports) {
    ServicePort port = read_service_port(item);
    if (ports.size() > 1 && port.name.empty()) {
      item.error("name", "is missing: with several ports each needs one");
    } else if (!names.insert(port.name).second) {
      item.error("name", fmt::format("\"{}\" is the name of two ports", port.name));
    }
    service.ports.push_back(std::move(port));
  }
  tell_special_service(spec);
  spec.finish();
  return service;
}

IngressObject read_ingress(const ObjectHead& head, Fields& object) {
  IngressObject ingress;
  ingress.place = head.place;
  ingress.name = head.name;
  ingress.ns = head.ns;
  read_timeouts(head.annotations, ingress, object.report());
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return ingress;
  }
  Fields spec = object.child("spec");
  spec.ignore({"tls", "ingressClassName"});
  for (Fields& rule : spec.items("rules", "rules.")) {
    const std::string host = rule.text("host");
    Fields http = rule.child("http");
    for (Fields& path : http.items("paths", "paths.")) {
      ingress.rules.push_back(read_path(path, host));
    }
    rule.finish();
  }
  if (ingress.rules.empty() && spec.unread().empty()) {
    spec.error("rules", "an Ingress needs a rule");
  }
  spec.finish();
  return ingress;
}

}  // namespace thaw
