// How several gateways agree on who was called: each publishes what it has counted, and whoever
// leads adds all of it up.
//
// One ConfigMap, a key for each gateway, which alone writes it: a merge patch of one key needs no
// version and loses nothing of the others'. It goes through the API server rather than from process
// to process, since a leader that cannot reach that cannot scale down either: where the word does
// not come through, nothing can go away for want of it. A gateway writes when something has
// changed, at most once a second, and each 5 s while calls are on. Whoever leads takes away what
// was not renewed for an hour.
//
// What is written: see heard_calls.hpp. Errors: to the log; the next try is a second later.
// Threads: one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/kubernetes/config_map.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/world/heard_calls.hpp"
#include "drivers/world/log.hpp"

namespace thaw::world {

class PublishedCalls {
 public:
  PublishedCalls(kubernetes::Writer& writer, kubernetes::ConfigMapName map,
                 const std::string& identity, const Clock& clock, Log& log)
      : writer_(writer), map_(std::move(map)), key_(key_of(identity)), clock_(clock), log_(log) {}

  // What is so now; written if it is time to. `last`: whatever was written, once more.
  Awaitable<void> publish(GatewayCalls now, bool last = false);
  Awaitable<void> take_away(std::vector<std::string> keys);
  std::uint64_t writes() const { return writes_; }

 private:
  bool is_due(const GatewayCalls& now) const;
  Awaitable<void> write(kubernetes::Json data);

  kubernetes::Writer& writer_;
  const kubernetes::ConfigMapName map_;
  const std::string key_;
  const Clock& clock_;
  Log& log_;
  GatewayCalls written_;
  TimePoint tried_;
  std::uint64_t writes_ = 0;
};

}  // namespace thaw::world
