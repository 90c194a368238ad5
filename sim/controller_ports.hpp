// The simulated world behind the controller's three ports: its clock, its cluster and its recorder.
//
// Facts are as of now: the age that SlimFaas's poll gives them is the policy's own. The time is
// what the controller's clock says, and so are the instants of reports, which it notes as they
// come; what others have written down (pods, samples of metrics, calls at another gateway) has the
// true one. When the clock jumps everybody is asked. A poke is delivered at its own instant, after
// the world has settled on it, so that it cannot tell how the change came about. Where writes are
// throttled whoever writes waits for it: what is decided for the function meanwhile is not written.
#pragma once

#include <optional>
#include <vector>

#include "engine/controller.hpp"
#include "engine/ports.hpp"
#include "sim/deployments.hpp"
#include "sim/future.hpp"
#include "sim/gateway.hpp"
#include "sim/load_meter.hpp"
#include "sim/metrics.hpp"
#include "sim/pods.hpp"
#include "sim/simulation.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class ControllerPorts final : public Clock, public Cluster, public Recorder, public Handler {
 public:
  ControllerPorts(World& world, Pods& pods, Deployments& deployments, Gateway& gateway,
                  LoadMeter& meter, Metrics& metrics);

  // Whom alarms and pokes go to; nullptr while no controller runs. `governed`: the functions it
  // decides for.
  void serve(Controller* controller, std::vector<FunctionId> governed);
  void report_to(const RunOptions& options) { options_ = &options; }  // and what is traced
  void set_clock(Duration off);                                       // off by so much from now on
  void poke(std::size_t function, Cause cause);
  void arrived_at_zero(std::size_t function);
  void pods_changed(std::size_t function);  // pokes whoever wants to know
  void path_changed(std::size_t function);

  TimePoint now() const override { return world_.controller_now(); }
  void set_alarm(FunctionId id, TimePoint t) override;
  void cancel_alarm(FunctionId id) override { world_.events.cancel(alarms_[id]); }
  const Observation& observe(FunctionId id, const Wants& wants, Cause cause) override;
  std::uint64_t submit(FunctionId id, const Decision& decision) override;
  void step(FunctionId id, const Observation& seen, const Decision& decided,
            const Decision& capped) override;

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  void listen(FunctionId id);
  void take_load(FunctionId id);
  void write(FunctionId id);
  struct Written {
    Replicas desired;
    ReasonCode code;
  };
  World& world_;
  Pods& pods_;
  Deployments& deployments_;
  Gateway& gateway_;
  LoadMeter& meter_;
  Metrics& metrics_;
  Controller* controller_ = nullptr;
  const RunOptions* options_ = nullptr;
  std::vector<FunctionId> governed_;
  std::vector<EventId> alarms_;
  std::vector<std::uint8_t> poked_;              // causes on their way, one bit each
  std::vector<std::optional<Written>> written_;  // last decision in the timeline
  std::vector<WriteFacts> writes_;
  std::uint64_t tickets_ = 0;
  Future future_;
  Observation observation_{};
  std::vector<PodFacts> pod_facts_;
  std::vector<PeerFacts> peer_facts_;
  std::vector<Load> load_;
  std::vector<MetricFacts> metric_facts_;
  std::vector<std::vector<ResourceRequest>> requests_;  // of a pod of each function
};

}  // namespace thaw::sim
