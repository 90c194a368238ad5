#include "tests/live/hpa_load.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/live/http.hpp"

namespace thaw::live {

NoisyLoad::NoisyLoad(std::string adapter, std::vector<NoisyMetric> metrics, unsigned seed)
    : adapter_(std::move(adapter)), random_(seed) {
  for (NoisyMetric& metric : metrics) {
    const double at = metric.low;
    levels_.push_back({std::move(metric), at});
  }
}

NoisyLoad::~NoisyLoad() { http("DELETE", adapter_ + "/failure"); }

void NoisyLoad::tick(const HpaWatch& watch) {
  fail_now_and_then();
  for (Level& level : levels_) {
    move(level);
    if (level.metric.pods_of.empty()) {
      if (share() < 0.6) set(level.metric.name, level);
      continue;
    }
    for (const std::string& pod : watch.pods(level.metric.pods_of)) {
      if (share() < 0.4) set(level.metric.name + "/" + pod, level);
    }
  }
}

// Mostly a slow walk; one tick in forty a step to anywhere.
void NoisyLoad::move(Level& level) {
  const auto& [metric, at] = level;
  const double span = metric.high - metric.low;
  const double to =
      share() < 1.0 / 40 ? metric.low + span * share() : at + span * 0.08 * (share() - 0.5);
  level.at = std::clamp(to, metric.low, metric.high);
}

// Noise of 15 % either way; one value in eighty is a spike.
std::string NoisyLoad::value(const Level& level) {
  double value = level.at * (0.85 + 0.3 * share());
  if (share() < 1.0 / 80) value *= 4;
  return std::to_string(std::llround(value * 1000)) + "m";
}

// One in fifteen goes missing; one in fifteen says that it is a minute and a half old.
void NoisyLoad::set(const std::string& key, const Level& level) {
  const std::string url = adapter_ + "/values/" + key;
  const double what = share();
  if (what < 1.0 / 15) {
    http("DELETE", url);
  } else {
    http("PUT", url + (what < 2.0 / 15 ? "?age=90s" : ""), value(level));
  }
}

void NoisyLoad::fail_now_and_then() {
  if (failing_ > 0) {
    if (--failing_ == 0) http("DELETE", adapter_ + "/failure");
  } else if (share() < 1.0 / 60) {
    failing_ = 2 + static_cast<int>(share() * 5);
    http("PUT", adapter_ + "/failure", share() < 0.5 ? "503" : "404");
  }
}

}  // namespace thaw::live
