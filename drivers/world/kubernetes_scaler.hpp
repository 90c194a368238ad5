// Writes replicas through the scale subresource: absolute, against the version that the decision
// saw, one Event each. Only while the Lease outlives the write.
#pragma once

#include <cstdint>

#include "drivers/kubernetes/election.hpp"
#include "drivers/kubernetes/events.hpp"
#include "drivers/kubernetes/writer.hpp"
#include "drivers/world/live_cluster.hpp"
#include "drivers/world/log.hpp"
#include "drivers/world/spending.hpp"

namespace thaw::world {

class KubernetesScaler final : public Scaler {
 public:
  struct Counters {
    std::uint64_t done = 0, conflicts = 0, failed = 0;
  };
  KubernetesScaler(kubernetes::Writer& writer, kubernetes::Election& election,
                   kubernetes::Events& events, const Spending& spending, Log& log)
      : writer_(writer), election_(election), events_(events), spending_(spending), log_(log) {}

  bool may_write() const override;
  bool may_grow() const override { return !spending_.is_spent(); }
  void scale(Write write, std::function<void(Outcome)> done) override;
  const Counters& counters() const { return counters_; }

 private:
  boost::asio::awaitable<Outcome> carry_out(Write write);
  void tell(const Write& write);

  kubernetes::Writer& writer_;
  kubernetes::Election& election_;
  kubernetes::Events& events_;
  const Spending& spending_;
  Log& log_;
  Counters counters_;
};

}  // namespace thaw::world
