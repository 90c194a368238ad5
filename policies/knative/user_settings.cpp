#include "policies/knative/user_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/knative/settings_reader.hpp"

namespace thaw::knative {
namespace {

constexpr std::string_view kClass = "kpa.autoscaling.knative.dev";
// config-defaults' container-concurrency-max-limit.
constexpr std::int64_t kMostConcurrency = 1000;

Texts texts_of(const Params& params, ParamsReader& reader, std::string prefix) {
  return [&params, &reader, prefix = std::move(prefix)](const std::string& key) {
    const std::string full = prefix + key;
    std::string text = reader.text(full, "");  // also makes the key a known one
    return params.has(full) ? std::optional(std::move(text)) : std::nullopt;
  };
}

void check_class(const Texts& texts, const std::string& key, std::vector<Problem>& problems) {
  const auto found = texts(key);
  if (!found || *found == kClass) return;
  problems.push_back({key, "expected " + std::string(kClass) + ", found \"" + *found +
                               "\": this is the KPA, other classes are policies of their own"});
}

}  // namespace

UserSettings UserSettings::read(const Params& params, Diagnostics& diagnostics) {
  ParamsReader reader(params, diagnostics, "concurrency");
  const std::string config = "config.";
  const Texts config_map = texts_of(params, reader, config);
  const Texts own = texts_of(params, reader, "");

  std::vector<Problem> of_cluster, problems;
  const ClusterConfig cluster = ClusterConfig::read(config_map, of_cluster);
  check_class(config_map, "pod-autoscaler-class", of_cluster);
  const Annotations annotations = Annotations::read(own, cluster, problems);
  check_class(own, "class", problems);
  const auto tick_offset =
      SettingsReader(own, problems).duration("tick-offset", 0s, kTick - 1ns, false);
  Revision revision;
  revision.container_concurrency =
      static_cast<std::int32_t>(reader.integer("container-concurrency", 0, 0, kMostConcurrency));

  for (const Problem& problem : of_cluster) reader.error(config + problem.key, problem.message);
  for (const Problem& problem : problems) reader.error(problem.key, problem.message);
  reader.finish();
  if (!of_cluster.empty() || !problems.empty()) return {};
  return {resolve(cluster, annotations, revision), tick_offset.value_or(0s)};
}

}  // namespace thaw::knative
