#include <map>
#include <optional>

#include "tests/sim/scenario_builder.hpp"
#include "tests/worlds/in_memory.hpp"

namespace thaw::worlds {
namespace {

// A run cannot be asked between two events: each question runs the scenario anew, as far as now.
class SimulatedWorld final : public World {
 public:
  void begin(const std::vector<FunctionSetup>& functions) override {
    for (const FunctionSetup& setup : functions) {
      const FunctionSpec& function = sim::add_function(scenario_, setup.name);
      Workload& workload = sim::workload_of(scenario_, function);
      workload.replicas = Replicas(0);
      sim::annotate(workload, "TimeoutSecondBeforeSetReplicasMin", std::to_string(setup.timeout_s));
      sim::annotate(workload, "ReplicasAtStart", std::to_string(setup.at_start));
      if (!setup.depends_on.empty()) sim::annotate(workload, "DependsOn", setup.depends_on);
    }
  }
  void pass(Duration length) override { now_ += length; }
  void wake(const std::string& function) override {
    scenario_.steps.push_back(sim::step("wake " + std::to_string(scenario_.steps.size()), now_,
                                        Method::get, "/wake-function/" + function));
  }
  void restart() override {
    Fault crash;
    crash.kind = Fault::Kind::controller_crash;
    crash.name = "crash " + std::to_string(scenario_.faults.size());
    crash.at.offset = now_;
    crash.down = 100ms;
    scenario_.faults.push_back(crash);
  }
  int desired(const std::string& function) override {
    Scenario so_far = scenario_;
    so_far.until = now_;
    sim::RunOptions options = sim::options_for(so_far);
    std::map<FunctionId, int> desired;
    options.decided = [&](const sim::DecisionSeen& decision) {
      desired[decision.function] = decision.capped.desired.value_or(decision.seen.spec).count;
    };
    sim::simulate(so_far, options);
    for (FunctionId id = 0; id < so_far.functions.size(); ++id)
      if (so_far.functions[id].name == function) return desired[id];
    return -1;
  }
  Duration start_up() const override { return 4s; }

 private:
  Scenario scenario_ = sim::platform(sim::k024);
  Duration now_{0};
};

}  // namespace

std::unique_ptr<World> make_simulated() { return std::make_unique<SimulatedWorld>(); }

}  // namespace thaw::worlds
