// Istio's VirtualService: which path leads where, for how long, and under which authority.
#include <string>

#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

// A match without a URI matches every path; of a URI only prefix and exact are read.
void read_matches(Fields& http, VirtualServiceRoute& route) {
  for (Fields& match : http.items("match", "match.")) {
    Fields uri = match.child("uri", "match.uri.");
    std::string prefix = uri.text("prefix");
    if (uri.has("exact")) {
      prefix = uri.text("exact");
      uri.report().notice("a match of an exact uri is taken for a prefix");
    }
    uri.finish();
    match.ignore({"name"});
    match.finish();
    route.prefixes.push_back(prefix.empty() ? "/" : prefix);
  }
  if (route.prefixes.empty()) route.prefixes.emplace_back("/");
}

// Either way of giving the request another authority.
void read_authority(Fields& http, VirtualServiceRoute& route) {
  Fields rewrite = http.child("rewrite", "rewrite.");
  route.authority = rewrite.text("authority");
  rewrite.ignore({"uri"});
  rewrite.finish();
  Fields headers = http.child("headers", "headers.");
  Fields request = headers.child("request", "headers.request.");
  for (const auto& [name, entry] : request.texts("set"))
    if (name == "Host" || name == "host" || name == ":authority") route.authority = entry.value;
  request.finish();
  headers.finish();
}

VirtualServiceRoute read_route(Fields& http) {
  VirtualServiceRoute route;
  read_matches(http, route);
  read_authority(http, route);
  std::vector<Fields> destinations = http.items("route", "route.");
  if (destinations.empty()) http.error("route", "expected a destination");
  if (destinations.size() > 1)
    http.report().notice("of several destinations of a route the first takes everything");
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    Fields destination = destinations[i].child("destination");
    const std::string host = destination.required_text("host");
    Fields port = destination.child("port");
    const auto number = static_cast<int>(port.integer("number", 0, 1, kMostPort));
    if (i > 0) continue;
    route.host = host;
    route.port = number;
  }
  if (const std::string timeout = http.text("timeout"); !timeout.empty()) {
    const auto value = units::go_duration(timeout);
    if (!value) http.expected("timeout", "a time such as 10s");
    route.timeout = value.value_or(Duration{0});
  }
  http.ignore({"name"});
  http.finish();
  return route;
}

}  // namespace

VirtualServiceObject read_virtual_service(const ObjectHead& head, Fields& object) {
  VirtualServiceObject service{head.place, head.name, head.ns, {}};
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return service;
  }
  Fields spec = object.child("spec");
  spec.ignore({"hosts", "gateways", "exportTo"});
  for (Fields& http : spec.items("http", "http.")) service.routes.push_back(read_route(http));
  spec.finish();
  return service;
}

}  // namespace thaw
