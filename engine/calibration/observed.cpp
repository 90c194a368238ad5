#include "engine/calibration/observed.hpp"

#include <optional>

namespace thaw::calibration {
namespace {

using Stages = std::map<std::string, TimePoint>;

std::optional<double> between(const Stages& stages, const char* from, const char* to) {
  const auto begin = stages.find(from), end = stages.find(to);
  if (begin == stages.end() || end == stages.end()) return std::nullopt;
  return seconds(end->second - begin->second);
}

}  // namespace

void Observed::add(const Observed& other) {
  const auto append = [](auto& to, const auto& from) {
    for (const auto& [key, values] : from)
      to[key].insert(to[key].end(), values.begin(), values.end());
  };
  for (const auto& [name, pool] : other.pools) {
    Provisioned& own = pools[name];
    own.total.insert(own.total.end(), pool.total.begin(), pool.total.end());
    own.instance += pool.instance;
    own.boot += pool.boot;
    own.gpu += pool.gpu;
  }
  append(container_starts, other.container_starts);
  append(services, other.services);
  append(metric_ages, other.metric_ages);
}

void Observing::take(const recording::Line& line) {
  std::visit([this](const auto& one) { take(one); }, line);
}

void Observing::take(const recording::Made& made) {
  std::vector<std::string> metrics;
  for (const std::string& want : made.wants) {
    if (want.starts_with("metric ")) metrics.push_back(want.substr(sizeof "metric " - 1));
  }
  functions_[made.spec.function] = {made.spec.name, std::move(metrics)};
}

void Observing::take(const recording::Asked& asked) {
  const auto found = functions_.find(asked.function);
  if (found == functions_.end()) return;
  const auto& [name, metrics] = found->second;
  for (std::size_t i = 0; i < asked.seen.metrics.size() && i < metrics.size(); ++i) {
    const MetricFacts& facts = asked.seen.metrics[i];
    if (facts.presence == Presence::ok)
      observed_.metric_ages[{name, metrics[i]}].push_back(
          seconds(asked.seen.observation.now - facts.taken));
  }
}

void Observing::take(const recording::Stage& stage) {
  Life& life = (stage.node ? nodes_ : pods_)[stage.who];
  life.name = stage.name;
  life.stages.try_emplace(stage.what, stage.at);
}

void Observing::take(const recording::Request& request) {
  observed_.services[request.name].push_back(seconds(request.service));
}

Observed Observing::finish() {
  for (const auto& [who, life] : nodes_) {
    const auto created = between(life.stages, "ordered", "created");
    const auto ready = between(life.stages, "created", "ready");
    const auto usable = between(life.stages, "ready", "allocatable");
    if (!created || !ready) continue;
    Provisioned& pool = observed_.pools[life.name];
    pool.instance += *created;
    pool.boot += *ready;
    pool.gpu += usable.value_or(0);
    pool.total.push_back(*created + *ready + usable.value_or(0));
  }
  for (const auto& [who, life] : pods_) {
    if (const auto started = between(life.stages, "pulled", "started"))
      observed_.container_starts[life.name].push_back(*started);
  }
  return std::move(observed_);
}

}  // namespace thaw::calibration
