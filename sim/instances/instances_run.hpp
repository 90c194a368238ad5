// A run of standalone functions: arrivals merged from their streams, ends of services in one heap,
// lazy expiry.
//
// Nothing is queued ahead: each stream holds its next arrival only. After warm-up nothing is
// allocated but by a queue or a set of instances that grows beyond its former peak. Memory follows
// what is in the system.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/arrivals.hpp"
#include "engine/checks/checker.hpp"
#include "engine/report/series.hpp"
#include "engine/workload/trace_reader.hpp"
#include "sim/instances/pool.hpp"
#include "sim/instances/station.hpp"
#include "sim/simulation.hpp"

namespace thaw::sim {

class InstancesRun final : public Facts {
 public:
  InstancesRun(const Scenario& scenario, const RunOptions& options);
  ~InstancesRun() override;

  void play();
  RunResult result();

  Value value(const Term& term) const override;

 private:
  struct Function {
    std::unique_ptr<InstancePool> pool;  // one of the two
    std::unique_ptr<Station> station;
    std::unique_ptr<ScalingPolicy> policy;  // that is to be asked again
    InstanceTally tally;
    InstanceTally::Wide ended_stays = 0;  // of the requests that were over at the end
    std::int64_t busy() const { return pool ? pool->busy() : station->in_service(); }
    std::int64_t alive() const {
      return pool ? pool->alive() : static_cast<std::int64_t>(station->servers());
    }
    std::int64_t waiting() const { return pool ? pool->waiting() : station->waiting(); }
  };
  struct Source {
    const Arrivals* spec = nullptr;
    std::size_t function = 0;
    std::optional<ArrivalStream> stream;
    std::unique_ptr<TraceReader> trace;
    std::optional<Duration> next_duration;
    Random think{0, ""}, work{0, ""};
  };

  void make_functions();
  void make_pool(FunctionId f);
  void make_sources();
  void run_until(std::int64_t t);
  void arrive();
  void serve(Source& source, std::uint32_t index, std::size_t function,
             const std::optional<Duration>& own);
  bool cluster_room();
  bool evict_one();
  void end_service();
  void come_back(std::size_t function);
  void schedule_next(std::uint32_t index);
  void client_returns(std::uint32_t source);
  void sample(std::int64_t t);
  void settle();
  void tell(const Checker::Result& result);
  Decision decide(FunctionId f, ScalingPolicy& policy, const Observation& seen);
  void ask_again(std::int64_t t);
  void refuse_what_is_not_known();
  void refuse_what_is_not_exact(FunctionId f, const KeepAlive& decided);
  void expire_all();
  void start_counting();  // the warm-up is over
  Summary::Audit audit() const;
  void close();  // what is still there has lived and worked until now
  InstanceTally until_now(const Function& function) const;
  Value mean(const Function& function, Gauge gauge) const;
  std::optional<Summary::FunctionCost> cost(std::size_t function) const;  // until now
  void add_bill(Summary& summary) const;
  std::size_t function_index(std::string_view name) const;

  const Scenario& scenario_;
  const RunOptions& options_;
  Diagnostics notices_;
  std::unordered_map<std::string_view, std::size_t> index_;  // of functions, by name
  std::int64_t now_, end_, interval_;
  InstanceArena arena_;
  std::vector<Function> functions_;
  std::vector<Source> sources_;
  FinishHeap arrivals_, ends_;
  FinishHeap asks_;  // of policies, by function
  std::int64_t nobody_expires_before_ = 0;
  std::vector<std::uint32_t> station_of_;  // by server id
  std::uint64_t events_ = 0;
  bool interrupted_ = false, closed_ = false;
  std::vector<std::int64_t> checks_due_;
  Checker checker_;
  Timeline timeline_;
  Series series_;
  std::vector<Series::Column> columns_;
};

}  // namespace thaw::sim
