// A noisy load, as numbers at the plane's metrics adapter: steps, noise, spikes, gaps, old values,
// and times in which the adapter fails.
//
// Seeded: the same seed sets the same numbers at the same ticks; pods, whose names nobody knows
// before, have their values in the order of their names.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/live/hpa_watch.hpp"

namespace thaw::live {

struct NoisyMetric {
  std::string name;       // of this one autoscaler
  double low, high;       // where its level is
  std::string pods_of{};  // a subject: a value for each of its pods
};

class NoisyLoad {
 public:
  NoisyLoad(std::string adapter, std::vector<NoisyMetric> metrics, unsigned seed);
  ~NoisyLoad();  // the adapter no longer fails

  void tick(const HpaWatch& watch);  // each half second

 private:
  struct Level {
    NoisyMetric metric;
    double at;
  };

  double share() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  void move(Level& level);
  std::string value(const Level& level);
  void set(const std::string& key, const Level& level);
  void fail_now_and_then();

  std::string adapter_;
  std::mt19937 random_;
  std::vector<Level> levels_;
  int failing_ = 0;  // ticks
};

}  // namespace thaw::live
