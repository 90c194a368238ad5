// TH403: the URL that SlimFaas makes of a function's name leads to a port that no Service has.
#include <algorithm>
#include <optional>
#include <string>

#include "engine/lint/asleep.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/slimfaas_gateway.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint::base_function_url {
namespace {

constexpr const char* kName = "{function_name}";

std::string ports_of(const ServiceObject& service) {
  std::string text;
  for (const ServicePort& port : service.ports)
    text += (text.empty() ? "" : ", ") + std::to_string(port.port);
  return text;
}

// Where the cluster may have more than the files, only a Service that is here can be wrong.
const ServiceObject* service_named(const Manifests& manifests, const Workload& function) {
  const auto found = std::ranges::find_if(manifests.services, [&](const ServiceObject& service) {
    return service.name == function.name && service.ns == function.ns;
  });
  return found == manifests.services.end() ? nullptr : &*found;
}

void check_function(const Subject& subject, const Workload& gateway, const Workload& function,
                    const Params::Entry* set, const std::string& url, Report& report) {
  const std::string problem =
      slimfaas::url_problem(url, function, subject.manifests.services, gateway.ns);
  if (problem.empty()) return;
  const ServiceObject* const service = service_named(subject.manifests, function);
  if (!service && !subject.scenario) return;
  std::vector<Related> related{{function.place, "the function"}};
  std::string mend = "give " + function.name + " a Service with that port";
  if (service) {
    related.push_back({service->place, "its Service has port " + ports_of(*service)});
    mend = "give the Service " + service->name + " that port, or name its own (" +
           ports_of(*service) + ")";
  }
  report.add(set ? set->place : gateway.place,
             "SlimFaas calls " + function.name + " by " + url + ", but " + problem +
                 ": the function is woken, and each call of it fails",
             mend, std::move(related));
}

void check_gateway(const Subject& subject, const Workload& gateway, const Version& version,
                   Report& report) {
  const Params environment = slimfaas_settings(gateway);
  const char* const other = slimfaas::kBaseUrl.not_of(version);
  if (const auto* const unread = environment.find(other))
    report.add(Severity::info, unread->place,
               "SlimFaas " + to_text(version) + " does not read " + std::string(other) +
                   ": its name there is " + slimfaas::kBaseUrl.of(version),
               "take it out, or write " + std::string(slimfaas::kBaseUrl.of(version)));
  const std::string url = slimfaas::base_url(environment, version);
  for (const Workload& function : subject.manifests.workloads)
    if (is_slimfaas_function(function) && may_share_namespace(function.ns, gateway.ns))
      check_function(subject, gateway, function, environment.find(slimfaas::kBaseUrl.of(version)),
                     url, report);
}

// "http://{function_name}.{namespace}.svc.cluster.local:5000" → 5000.
std::optional<std::int64_t> port_of(const std::string& url) {
  const std::size_t colon = url.rfind(':');
  if (colon == std::string::npos || url.find(kName) == std::string::npos) return std::nullopt;
  return units::integer(url.substr(colon + 1, url.find('/', colon + 1) - colon - 1));
}

// A part of SlimFaas's Deployment in a text: some Service that the text shows has to fit.
void check_fragment(const Subject& subject, const yaml::Node& node, Report& report) {
  for (const auto& [key, value] : node.map) check_fragment(subject, value, report);
  for (const yaml::Node& item : node.list) check_fragment(subject, item, report);
  const yaml::Node* const name = node.find("name");
  const yaml::Node* const value = node.find("value");
  const auto& services = subject.manifests.services;
  if (!name || !value || name->scalar != slimfaas::kBaseUrl.old_name || services.empty()) return;
  const auto port = port_of(value->scalar);
  const bool is_there = std::ranges::any_of(services, [&](const ServiceObject& service) {
    return std::ranges::any_of(service.ports,
                               [&](const ServicePort& one) { return one.port == port; });
  });
  if (!port || is_there) return;
  std::vector<Related> related;
  for (const ServiceObject& service : services)
    related.push_back({service.place, "Service " + service.name + " has " + ports_of(service)});
  report.add(Severity::warning, value->place,
             "SlimFaas calls functions on port " + std::to_string(*port) +
                 ", and no Service here has that port",
             "give the function's Service this port, with its own as targetPort",
             std::move(related));
}

void check(const Subject& subject, Report& report) {
  const auto from_image = slimfaas_version_of(subject.manifests);
  const Version version =
      subject.scenario || !from_image ? subject.versions().slimfaas : *from_image;
  if (const Workload* const gateway = slimfaas_of(subject.manifests)) {
    check_gateway(subject, *gateway, version, report);
  } else {
    for (const Fragment& fragment : subject.fragments)
      check_fragment(subject, *fragment.node, report);
  }
}

}  // namespace

Rule rule() {
  return {"TH403", "base-function-url", Severity::error,
          "SlimFaas calls its functions on a port that no Service of theirs has", check};
}

}  // namespace thaw::lint::base_function_url
