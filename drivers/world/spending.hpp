// What the cluster's nodes cost, and when that is as much as they may cost.
//
// A node is paid from when it is first seen until it is gone, by its instance type: the
// configuration's price, else the one that thaw knows of it. One without a price counts nothing,
// and is told. Money in billionths; each period begins with nothing spent. Threads: one.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "drivers/world/log.hpp"
#include "drivers/world/objects.hpp"
#include "drivers/world/open_metrics.hpp"
#include "engine/scenario/drive_config.hpp"
#include "engine/wide.hpp"

namespace thaw::world {

class Spending {
 public:
  Spending(const std::optional<DriveConfig::Spending>& limit, const Clock& clock, Log& log)
      : limit_(limit), clock_(clock), log_(log), counted_(clock.now()), since_(counted_) {}

  void apply(const NodeState& node);
  void remove(const NodeState& node);
  void count();  // what was spent until now
  bool is_spent() const;

  std::string save() const;  // JSON
  void restore(const std::string& saved);
  void tell(OpenMetrics& metrics) const;

 private:
  std::optional<Nanomoney> price_of(const std::string& type) const;
  Nanomoney spent() const;

  const std::optional<DriveConfig::Spending>& limit_;
  const Clock& clock_;
  Log& log_;
  std::map<std::string, Nanomoney> nodes_;  // by name: what an hour costs
  TimePoint counted_, since_;
  Wide spent_ = 0;  // billionths × nanoseconds an hour
  bool told_ = false;
};

}  // namespace thaw::world
