// OpenFaaS: functions, written as `kind: Function` or in a stack file of faas-cli, and Profiles.
//
// Source: the CRDs of faas-netes; faas-cli's schema; faas-netes' handlers/deploy.go for the
// Deployment that a function becomes.
#include <fmt/format.h>

#include <limits>

#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/yaml_text.hpp"

namespace thaw {
namespace {

constexpr std::string_view kScalePrefix = "com.openfaas.scale.";
constexpr const char* kFunctionsNamespace = "openfaas-fn";
constexpr int kWatchdogPort = 8080;

// faas-cli takes any scalar for a text, so that labels in a stack file are mostly bare numbers; the
// API server does not, of a Function.
Texts scalars(Fields& fields, std::string_view key) {
  Texts result;
  Fields entries = fields.child(key);
  for (const std::string& name : entries.unread()) {
    const yaml::Node* const value = entries.find(name);
    if (value && value->kind != yaml::Node::Kind::scalar) entries.expected(name, "text");
    result.insert_or_assign(name, value ? Params::Entry{value->scalar, value->place}
                                        : Params::Entry{"", entries.place()});
  }
  return result;
}

// What is not LABEL=VALUE, OpenFaaS passes over.
void read_constraints(Fields& function, Workload& workload) {
  const yaml::Node* const list = function.find("constraints");
  if (!list) return;
  if (list->kind != yaml::Node::Kind::list) return function.expected("constraints", "a list");
  for (const yaml::Node& item : list->list) {
    const std::size_t equals = item.scalar.find('=');
    if (equals == std::string::npos || item.scalar.find('=', equals + 1) != std::string::npos) {
      function.report().notice("the constraint " + yaml::quote(item.scalar) +
                               " is not LABEL=VALUE; OpenFaaS passes over it");
      continue;
    }
    workload.node_selector[item.scalar.substr(0, equals)] = item.scalar.substr(equals + 1);
  }
}

void read_amounts_of(Fields& function, Workload& workload) {
  workload.requests = to_resources(read_requests(function));
  for (const auto& [name, count] : workload.requests.extended) {
    function.report().notice(fmt::format(
        "{} is asked for; OpenFaaS itself passes on cpu and memory alone, a patched provider is "
        "assumed",
        name));
  }
}

// What both ways of writing a function have, under the same names.
void read_function(Fields& function, const Texts& labels, const Texts& environment,
                   Workload& workload) {
  workload.images = {function.required_text("image")};
  workload.selector = {{"faas_function", workload.name}};
  workload.labels = values_of(labels);
  workload.labels.insert_or_assign("faas_function", workload.name);
  for (const auto& [key, entry] : labels) {
    if (key.starts_with(kScalePrefix))
      workload.scale_labels.set(key.substr(kScalePrefix.size()), entry.value, entry.place);
  }
  for (const auto& [name, entry] : environment)
    workload.env.push_back({name, entry.value, entry.place});
  workload.container_ports = {kWatchdogPort};
  workload.named_ports = {{"http", kWatchdogPort}};
  read_constraints(function, workload);
  read_amounts_of(function, workload);
  if (const auto* const min = workload.scale_labels.find("min")) {
    const auto count = units::integer(min->value);
    constexpr std::int64_t kMostReplicas = std::numeric_limits<std::int32_t>::max();
    if (count && *count > 0 && *count <= kMostReplicas)
      workload.replicas = Replicas(static_cast<std::int32_t>(*count));
  }
}

Workload function_called(std::string name, std::string ns, const Place& place) {
  Workload workload;
  workload.kind = Workload::Kind::openfaas_function;
  workload.place = place;
  workload.name = std::move(name);
  workload.ns = std::move(ns);
  return workload;
}

Workload read_stack_function(const std::string& name, const Place& place, Fields& function) {
  Workload workload = function_called(name, function.text("namespace", kFunctionsNamespace), place);
  workload.annotations = scalars(function, "annotations");
  const Texts labels = scalars(function, "labels"), environment = scalars(function, "environment");
  read_function(function, labels, environment, workload);
  function.ignore({"lang", "handler", "handler_dir", "fprocess", "skip_build", "build_options",
                   "build_args", "buildargs", "secrets", "readonly_root_filesystem", "copy",
                   "platforms", "publish", "sbom"});
  function.finish();
  return workload;
}

}  // namespace

bool is_openfaas_stack(const yaml::Node& document) {
  return document.kind == yaml::Node::Kind::map && !document.find("kind") &&
         !document.find("apiVersion") && (document.find("functions") || document.find("provider"));
}

std::vector<Workload> read_openfaas_stack(const yaml::Node& document, Diagnostics& diagnostics) {
  ObjectReport report("the stack file of OpenFaaS", diagnostics);
  Fields stack(&document, document.place, "", "", report);
  Fields provider = stack.child("provider");
  if (provider.required_text("name") != "openfaas" && provider.has("name"))
    provider.expected("name", "openfaas");
  provider.ignore({"gateway", "network"});
  provider.finish();
  stack.ignore({"version", "configuration"});
  std::vector<Workload> workloads;
  if (!stack.has("functions")) stack.error("functions", "is missing");
  const yaml::Node* const functions = stack.find("functions");
  if (functions && functions->kind != yaml::Node::Kind::map) stack.expected("functions", "a map");
  if (functions && functions->kind == yaml::Node::Kind::map) {
    for (const auto& [key, value] : functions->map) {
      ObjectReport own("Function " + key.scalar, diagnostics);
      Fields function(&value, value.place, "functions." + key.scalar, "", own);
      workloads.push_back(read_stack_function(key.scalar, key.place, function));
      own.finish();
    }
  }
  stack.finish();
  report.finish();
  return workloads;
}

Workload read_openfaas_function(const ObjectHead& head, Fields& object) {
  if (!object.has("spec")) object.error("spec", "is missing");
  Fields function = object.child("spec");
  if (!object.has("spec")) return function_called(head.name, head.ns, head.place);
  Workload workload = function_called(function.required_text("name"), head.ns, head.place);
  workload.annotations = function.texts("annotations");
  const Texts labels = function.texts("labels"), environment = function.texts("environment");
  read_function(function, labels, environment, workload);
  function.ignore({"handler", "secrets", "readOnlyRootFilesystem"});
  function.finish();
  return workload;
}

ProfileObject read_openfaas_profile(const ObjectHead& head, Fields& object) {
  ProfileObject profile{head.place, head.name, head.ns, {}, {}, {}};
  Fields spec = object.child("spec");
  profile.runtime_class = spec.text("runtimeClassName");
  profile.tolerations = read_tolerations(spec);
  profile.requests = to_resources(read_container_requests(spec));
  spec.ignore({"podSecurityContext", "dnsPolicy", "dnsConfig"});
  spec.finish();
  return profile;
}

}  // namespace thaw
