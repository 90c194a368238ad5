#include "engine/scenario/slimfaas_annotations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace thaw {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kPrefix = "SlimFaas/";
constexpr std::array<std::string_view, 3> kJsonKeys{"Configuration", "Scale", "Schedule"};

// Far above any real annotation, and Kubernetes itself ends at 256 KiB for all of them together.
constexpr std::size_t kMostText = 64 << 10;
constexpr int kMostDepth = 16;
constexpr std::size_t kMostValues = 4096;

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Writes the leaves of one JSON annotation into Params.
class Flattener {
 public:
  Flattener(const Place& place, Params& params) : place_(place), params_(params) {}

  // An empty text: all is well.
  std::string flatten(const std::string& path, const Json& value, int depth = 0) {
    if (depth > kMostDepth) return fmt::format("nested deeper than {} levels", kMostDepth);
    if (!value.is_structured()) return leaf(path, value);
    std::size_t index = 0;
    for (const auto& item : value.items()) {
      const std::string name = value.is_array() ? std::to_string(index++) : item.key();
      std::string problem = flatten(path + "." + name, item.value(), depth + 1);
      if (!problem.empty()) return problem;
    }
    return {};
  }

 private:
  std::string leaf(const std::string& path, const Json& value) {
    if (++values_ > kMostValues) return fmt::format("more than {} values", kMostValues);
    // null is what a missing key is.
    if (value.is_null()) return {};
    params_.set(path, value.is_string() ? value.get<std::string>() : value.dump(), place_);
    return {};
  }

  const Place& place_;
  Params& params_;
  std::size_t values_ = 0;
};

// An empty text: all is well.
std::string set_json(const std::string& key, const Params::Entry& entry, Params& params) {
  if (entry.value.size() > kMostText) return fmt::format("larger than {} bytes", kMostText);
  try {
    const Json root = Json::parse(entry.value);
    if (!root.is_object()) return "expected a JSON object";
    return Flattener(entry.place, params).flatten(key, root);
  } catch (const Json::parse_error& error) {
    // The library counts the characters it has taken, the wrong one or the end included.
    if (error.byte > entry.value.size()) return "no JSON: it ends too early";
    return fmt::format("no JSON: character {} is not expected there", error.byte);
  } catch (const Json::out_of_range&) {
    return "no JSON: a number is out of range";
  }
}

// "registry.example.org:5000/team/slimfaas:0.24.12@sha256:…" → "slimfaas".
std::string_view base_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  image.remove_prefix(image.rfind('/') + 1);  // npos + 1 is 0
  return image.substr(0, image.find(':'));
}

}  // namespace

bool is_slimfaas_function(const Workload& workload) {
  const auto function = workload.annotations.find("SlimFaas/Function");
  return function != workload.annotations.end() &&
         equal_but_for_case(function->second.value, "true");
}

Params slimfaas_params(const Workload& workload, Diagnostics& diagnostics) {
  Params params;
  for (const auto& [name, entry] : workload.annotations) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string key = name.substr(kPrefix.size());
    if (std::ranges::find(kJsonKeys, key) == kJsonKeys.end()) {
      params.set(key, entry.value, entry.place);
      continue;
    }
    std::string problem = set_json(key, entry, params);
    if (!problem.empty()) diagnostics.error(entry.place, name, std::move(problem));
  }
  return params;
}

bool is_slimfaas(const Workload& workload) {
  return std::ranges::any_of(workload.images,
                             [](const auto& image) { return base_name(image) == "slimfaas"; });
}

const Workload* slimfaas_of(const Manifests& manifests) {
  const auto found = std::ranges::find_if(manifests.workloads, is_slimfaas);
  return found == manifests.workloads.end() ? nullptr : &*found;
}

Params slimfaas_settings(const Workload& workload) {
  Params settings;
  for (const EnvVar& variable : workload.env) {
    settings.set(variable.name, variable.value, variable.place);
  }
  return settings;
}

}  // namespace thaw
