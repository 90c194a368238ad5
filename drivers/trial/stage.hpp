// What goes on while a scenario is played on a cluster: all that is there is watched, thaw's driver
// scales and serves, the load is played, and what was seen becomes the result.
//
// The scenario's start is fixed when it is made: some seconds later, when everything is up.
// Threads: the Transport's, and the driver's. Errors: std::runtime_error for what does not come up
// in time, applied::Interrupted, and whatever ends the driver or the fixture meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/observed/bill.hpp"
#include "drivers/observed/nodes.hpp"
#include "drivers/observed/pods.hpp"
#include "drivers/observed/watches.hpp"
#include "drivers/observed/workloads.hpp"
#include "drivers/trial/course.hpp"
#include "drivers/trial/deployed.hpp"

namespace thaw::trial {

class Stage {
 public:
  // All of them outlive it.
  Stage(const Run& run, Deployed& deployed, kubernetes::Reader& reader);

  // Before the first workload is made: until the scenario's start, and everything is up by then.
  Awaitable<void> set();
  // After a workload is made, before the next: controllers work side by side, and without a pause
  // the pods of a later workload may come, and take the room, before those of an earlier one.
  Awaitable<void> until_pods(applied::Planned made);
  // Once all are made: to the end of the run, or until somebody interrupts it.
  Awaitable<Result> play();
  // The driver stops, and nobody watches any more.
  void leave();

  // What failed beside all these; they throw it as soon as they hear of it.
  const std::exception_ptr& failure() const { return failed_; }

 private:
  Awaitable<void> until(std::function<bool()> holds, Duration within, std::string what);
  void moved();
  void watch();
  void start_driver();
  Awaitable<void> look_for_orders();
  bool all_seen() const;
  void tell(Result& result);
  std::vector<std::string> notices() const;

  const Run& run_;
  Deployed& deployed_;
  kubernetes::Reader& reader_;
  boost::asio::any_io_executor executor_;
  Pace pace_;
  observed::View view_;
  observed::Pods pods_;
  observed::Nodes nodes_;
  observed::Workloads workloads_;
  observed::Bill bill_;
  std::optional<Course> course_;
  std::unique_ptr<observed::Watches> watches_;
  std::unique_ptr<Driven> driver_;
  std::optional<std::uint16_t> driver_port_;  // of its gateway, 0 without one; once it is up
  std::exception_ptr failed_;
  bool leaving_ = false;
};

}  // namespace thaw::trial
