#include "engine/scenario/manifest_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "engine/scenario/charts.hpp"
#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/yaml_text.hpp"

namespace thaw {

namespace {

struct UsedKind {
  std::string_view name, api_version;
};
constexpr std::array<UsedKind, 12> kUsedKinds{{{"Deployment", "apps/v1"},
                                               {"Pod", "v1"},
                                               {"PodDisruptionBudget", "policy/v1"},
                                               {"StatefulSet", "apps/v1"},
                                               {"Service", "v1"},
                                               {"ConfigMap", "v1"},
                                               {"HorizontalPodAutoscaler", "autoscaling/v2"},
                                               {"Ingress", "networking.k8s.io/v1"},
                                               {"RuntimeClass", "node.k8s.io/v1"},
                                               {"PersistentVolumeClaim", "v1"},
                                               {"Node", "v1"},
                                               {"List", "v1"}}};
constexpr std::string_view kOlderHpa = "autoscaling/v1";  // still served
constexpr UsedKind kKnativeService{"Service", "serving.knative.dev/v1"};
constexpr UsedKind kOpenFaasFunction{"Function", "openfaas.com/v1"};
constexpr UsedKind kOpenFaasProfile{"Profile", "openfaas.com/v1"};
constexpr std::array<UsedKind, 3> kVirtualServices{
    {{"VirtualService", "networking.istio.io/v1"},
     {"VirtualService", "networking.istio.io/v1beta1"},
     {"VirtualService", "networking.istio.io/v1alpha3"}}};
// Of ConfigMaps only this one says something about scaling: Knative's.
constexpr std::string_view kAutoscalerConfig = "config-autoscaler";
constexpr std::string_view kDefaultNamespace = "default";
// They say who may do what where, which is nothing that scaling, placement or time depends on.
constexpr std::array<std::string_view, 6> kInertKinds{
    "Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"};

const UsedKind* used_kind(std::string_view kind) {
  const auto found = std::ranges::find(kUsedKinds, kind, &UsedKind::name);
  return found == kUsedKinds.end() ? nullptr : &*found;
}

bool is(const UsedKind& used, std::string_view kind, std::string_view api_version) {
  return used.name == kind && used.api_version == api_version;
}

// Of the custom resources only these.
const UsedKind* used_custom_kind(std::string_view kind, std::string_view api_version) {
  for (const UsedKind* used : {&kKnativeService, &kOpenFaasFunction, &kOpenFaasProfile})
    if (is(*used, kind, api_version)) return used;
  for (const UsedKind& used : kVirtualServices)
    if (is(used, kind, api_version)) return &used;
  return nullptr;
}

const UsedKind* find_used(std::string_view kind, std::string_view api_version) {
  return is_built_in(api_version) ? used_kind(kind) : used_custom_kind(kind, api_version);
}

std::string nearest_kind(std::string_view kind) {
  std::vector<std::string> known(kInertKinds.begin(), kInertKinds.end());
  for (const UsedKind& used : kUsedKinds) known.emplace_back(used.name);
  return is_kubernetes_kind(kind) ? "" : nearest(kind, known);
}

// An RFC 1123 subdomain, which every name here must be.
bool is_object_name(std::string_view name) {
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  const auto outer = [&](char c) { return inner(c) && c != '-' && c != '.'; };
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, inner) &&
         outer(name.front()) && outer(name.back());
}

// A Pod that does its work and ends, such as a chart's test.
bool runs_once(const yaml::Node& pod, const ObjectHead& head) {
  const yaml::Node* const spec = pod.find("spec");
  const yaml::Node* const restart = spec ? spec->find("restartPolicy") : nullptr;
  return head.annotations.contains("helm.sh/hook") || (restart && restart->scalar != "Always");
}

// Where a file that is no YAML has its first "{{".
std::optional<Place> helm_template_in(const std::string& path) {
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(path, unreadable);
  if (unreadable || size > yaml::kManifestLimits.bytes) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const std::size_t at = line.find("{{");
    if (at != std::string::npos) return Place{path, number, static_cast<int>(at) + 1};
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const Place& scenario, Diagnostics& diagnostics)
      : folder_(std::filesystem::path(scenario.file).parent_path()), diagnostics_(diagnostics) {}

  void file(const std::string& path, const Place& blame) {
    const std::size_t before = diagnostics_.error_count();
    const auto documents = yaml::parse_file(path, yaml::kManifestLimits, blame, diagnostics_);
    const bool readable = diagnostics_.error_count() == before;
    if (!readable) {
      if (const auto place = helm_template_in(path)) {
        diagnostics_.error(*place, "", std::string(kHelmTemplate));
      }
    } else if (documents.empty()) {
      diagnostics_.error({path, 0, 0}, "", "expected Kubernetes objects, found nothing");
    }
    for (const yaml::Node& document : documents) object(document, "");
  }

  // What kubectl and helm are told by -n.
  void enter(const std::string& ns, std::string_view unnamed = kDefaultNamespace) {
    ns_ = ns.empty() ? unnamed : ns;
    put_into_ = ns;
  }

  void document(const ParsedDocument& document) {
    enter(document.ns, "");
    if (document.chart.empty()) {
      object(*document.node, "");
    } else {
      release(document.chart, document.chart, document.node, document.node->place);
    }
  }

  void chart(const ManifestSource& source, const Place& blame) {
    const std::size_t before = diagnostics_.error_count();
    const auto documents =
        yaml::parse_file(source.file, yaml::kManifestLimits, blame, diagnostics_);
    if (diagnostics_.error_count() != before) return;
    if (documents.size() > 1)
      diagnostics_.error(documents[1].place, "", "expected the values of one release, found more");
    const Place place = documents.empty() ? Place{source.file, 1, 1} : documents.front().place;
    release(source.chart, source.release, documents.empty() ? nullptr : &documents.front(), place);
  }

  // The values of a chart; null: it is installed with its own.
  void release(const std::string& chart, const std::string& name, const yaml::Node* node,
               const Place& place) {
    ObjectReport report(fmt::format("chart {}, release {}", chart, name), diagnostics_);
    Fields values(node, place, "", "", report);
    const ObjectHead release{name, ns_, place, {}};
    if (chart == kCharts[0]) {
      OllamaRelease made = read_ollama_chart(release, values);
      if (made.claim) keep(std::move(*made.claim), manifests_.claims, "PersistentVolumeClaim");
      keep(std::move(made.workload), manifests_.workloads, "Deployment");
      keep(std::move(made.service), manifests_.services, "Service");
    } else {
      keep(read_adapter_chart(release, values), manifests_.adapters, "prometheus-adapter");
    }
    values.finish();
    report.finish();
  }

  Manifests take() { return std::move(manifests_); }

 private:
  void object(const yaml::Node& node, const std::string& path) {
    if (node.kind != yaml::Node::Kind::map) {
      diagnostics_.error(node.place, path,
                         "expected a Kubernetes object (a map with apiVersion, kind and "
                         "metadata), found " +
                             node.describe());
      return;
    }
    if (is_openfaas_stack(node)) return stack(node);
    if (is_kustomization(node)) {
      diagnostics_.notice(fmt::format(
          "the kustomization at {} is not applied: the files are read as they are; give what "
          "`kubectl kustomize` prints",
          local(node.place)));
      return;
    }
    ObjectReport nameless("", diagnostics_);
    Fields top(&node, node.place, path, "", nameless);
    const std::string api_version = top.required_text("apiVersion");
    const std::string kind = top.required_text("kind");
    if (api_version.empty() || kind.empty()) return;
    if (kind == "List" && api_version == "v1") {
      list(node, path);
      return;
    }
    Fields metadata = top.child("metadata");
    if (!top.has("metadata")) top.error("metadata", "is missing");
    if (!top.has("metadata")) return;
    const UsedKind* const used = find_used(kind, api_version);
    const bool generated = !used && metadata.has("generateName");
    const ObjectHead head{
        generated ? metadata.text("generateName") : metadata.required_text("name"),
        metadata.text("namespace", ns_), node.place, metadata.texts("annotations"),
        metadata.texts("labels")};
    if (!put_into_.empty() && put_into_ != kDefaultNamespace && head.ns != put_into_) {
      metadata.error("namespace", fmt::format("the scenario puts it into {}", put_into_));
    }
    // Other kinds have other rules: roles may have colons, jobs the begin of a name.
    if (used && !head.name.empty() && !is_object_name(head.name))
      metadata.expected("name", "lower-case letters, digits, - and .");
    dispatch(node, path, api_version, kind, head);
  }

  void stack(const yaml::Node& node) {
    for (Workload& function : read_openfaas_stack(node, diagnostics_)) {
      if (!is_object_name(function.name)) {
        diagnostics_.error(function.place, "functions." + function.name,
                           "expected lower-case letters, digits, - and .");
      }
      keep(std::move(function), manifests_.workloads, std::string(kOpenFaasFunction.name));
    }
  }

  void list(const yaml::Node& node, const std::string& path) {
    const yaml::Node* const items = node.find("items");
    if (!items || items->kind != yaml::Node::Kind::list) {
      complain(node, path, "items", "expected a list of Kubernetes objects");
      return;
    }
    for (std::size_t i = 0; i < items->list.size(); ++i) {
      object(items->list[i], fmt::format("{}{}items.{}", path, path.empty() ? "" : ".", i));
    }
  }

  void dispatch(const yaml::Node& node, const std::string& path, const std::string& api_version,
                const std::string& kind, const ObjectHead& head) {
    const std::string title = fmt::format("{} {}", kind, head.name);
    const UsedKind* const used = find_used(kind, api_version);
    const bool older_hpa = kind == "HorizontalPodAutoscaler" && api_version == kOlderHpa;
    if (used && used->api_version != api_version && !older_hpa) {
      complain(node, path, "apiVersion",
               fmt::format("expected {} for kind {}, found {}", used->api_version, kind,
                           yaml::quote(api_version)));
      return;
    }
    if (!used || (kind == "ConfigMap" && head.name != kAutoscalerConfig) ||
        (kind == "Pod" && runs_once(node, head))) {
      unused(node, path, api_version, kind, title);
      return;
    }
    ObjectReport report(title, diagnostics_);
    Fields object(&node, node.place, path, "", report);
    object.ignore({"apiVersion", "kind", "metadata", "status"});
    if (used == &kKnativeService) {
      keep(read_knative_service(head, object), manifests_.workloads, api_version);
    } else if (used == &kOpenFaasFunction) {
      keep(read_openfaas_function(head, object), manifests_.workloads, kind);
    } else if (used == &kOpenFaasProfile) {
      keep(read_openfaas_profile(head, object), manifests_.profiles, kind);
    } else if (kind == kVirtualServices.front().name) {
      keep(read_virtual_service(head, object), manifests_.virtual_services, kind);
    } else if (kind == "PersistentVolumeClaim") {
      keep(read_claim(head, object), manifests_.claims, kind);
    } else if (kind == "PodDisruptionBudget") {
      keep(read_disruption_budget(head, object), manifests_.disruption_budgets, kind);
    } else if (kind == "Pod") {
      keep(read_bare_pod(head, object), manifests_.workloads, kind);
    } else if (kind == "RuntimeClass") {
      keep(read_runtime_class(head, object), manifests_.runtime_classes, kind);
    } else if (kind == "Deployment" || kind == "StatefulSet") {
      const auto which =
          kind == "Deployment" ? Workload::Kind::deployment : Workload::Kind::stateful_set;
      keep(read_workload(which, head, object), manifests_.workloads, kind);
    } else if (kind == "Service") {
      keep(read_service(head, object), manifests_.services, kind);
    } else if (kind == "ConfigMap") {
      keep(read_config_map(head, object), manifests_.config_maps, kind);
    } else if (kind == "HorizontalPodAutoscaler") {
      keep(read_hpa(head, older_hpa, object), manifests_.hpas, kind);
    } else if (kind == "Node") {
      keep(read_node(head, object), manifests_.nodes, kind);
    } else {
      keep(read_ingress(head, object), manifests_.ingresses, kind);
    }
    object.finish();
    report.finish();
  }

  void unused(const yaml::Node& node, const std::string& path, const std::string& api_version,
              const std::string& kind, const std::string& title) {
    const bool built_in = is_built_in(api_version);
    if (built_in && std::ranges::find(kInertKinds, kind) != kInertKinds.end()) return;
    const std::string near = built_in && !used_kind(kind) ? nearest_kind(kind) : std::string();
    if (!near.empty()) {
      complain(
          node, path, "kind",
          fmt::format("Kubernetes has no kind {}; did you mean \"{}\"?", yaml::quote(kind), near));
      return;
    }
    ObjectReport report(title, diagnostics_);
    Fields object(&node, node.place, path, "", report);
    const std::string meaning = meaning_of(kind, api_version, object);
    diagnostics_.notice(title + " is not modelled" + (meaning.empty() ? "" : ": " + meaning));
  }

  void complain(const yaml::Node& object, const std::string& path, const std::string& key,
                std::string message) {
    const yaml::Node* const value = object.find(key);
    diagnostics_.error(value ? value->place : object.place, path.empty() ? key : path + "." + key,
                       std::move(message));
  }

  template <class Object>
  void keep(Object object, std::vector<Object>& objects, const std::string& kind) {
    const auto [known, is_new] =
        index_.emplace(std::tuple(kind, object.ns, object.name), objects.size());
    if (is_new) {
      objects.push_back(std::move(object));
      return;
    }
    Object& first = objects[known->second];
    diagnostics_.notice(fmt::format("{} {} at {} replaces the one at {}", kind, object.name,
                                    local(object.place), local(first.place)));
    first = std::move(object);
  }

  // A notice goes into the summary, which is the same wherever the scenario lies.
  std::string local(const Place& place) const {
    const auto file = std::filesystem::path(place.file).lexically_proximate(folder_);
    return fmt::format("{}:{}", file.generic_string(), place.line);
  }

  std::filesystem::path folder_;
  std::string ns_{kDefaultNamespace}, put_into_;
  Diagnostics& diagnostics_;
  Manifests manifests_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> index_;
};

}  // namespace

Manifests read_manifests(const std::vector<std::string>& files, const Place& blame,
                         Diagnostics& diagnostics) {
  std::vector<ManifestSource> sources;
  for (const std::string& file : files) sources.push_back({file});
  return read_sources(sources, blame, diagnostics);
}

Manifests read_sources(const std::vector<ManifestSource>& sources, const Place& blame,
                       Diagnostics& diagnostics) {
  Reader reader(blame, diagnostics);
  for (const ManifestSource& source : sources) {
    reader.enter(source.ns);
    if (source.chart.empty()) {
      reader.file(source.file, blame);
    } else {
      reader.chart(source, blame);
    }
  }
  Manifests manifests = reader.take();
  find_storage(manifests, diagnostics);
  return manifests;
}

Manifests read_documents(const std::vector<ParsedDocument>& documents, Diagnostics& diagnostics) {
  Reader reader({}, diagnostics);
  for (const ParsedDocument& document : documents) reader.document(document);
  Manifests manifests = reader.take();
  find_storage(manifests, diagnostics);
  return manifests;
}

}  // namespace thaw
