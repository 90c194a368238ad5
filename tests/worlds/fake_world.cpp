#include "tests/drivers/world/bench.hpp"
#include "tests/worlds/in_memory.hpp"

namespace thaw::worlds {
namespace {

// The live controller on a clock that is turned, and pods that are there at once.
class FakeWorld final : public World {
 public:
  void begin(const std::vector<FunctionSetup>& functions) override {
    for (const FunctionSetup& function : functions) {
      world::Json object = world::slimfaas(function.name, 0, std::to_string(function.timeout_s));
      world::Json& annotations = object["spec"]["template"]["metadata"]["annotations"];
      annotations["SlimFaas/ReplicasAtStart"] = std::to_string(function.at_start);
      if (!function.depends_on.empty()) annotations["SlimFaas/DependsOn"] = function.depends_on;
      bench_.put(object);
    }
    const auto written = bench_.scaler.apply;
    bench_.scaler.apply = [this, written](const world::Scaler::Write& write) {
      written(write);
      if (write.to.count == 0) return bench_.inventory.remove_pod(pod_of(write.target.name));
      bench_.inventory.apply_pod(pod_of(write.target.name));
    };
    bench_.begin();
  }
  // SlimFaas's wake goes on each second until a replica is ready.
  void pass(Duration length) override {
    for (; length > Duration{0}; length -= 1s) {
      bench_.pass(std::min<Duration>(length, 1s));
      bench_.activity.refresh(bench_.clock.now(),
                              [this](const auto& name) { return bench_.control.ready(name); });
    }
  }
  void wake(const std::string& function) override { bench_.control.wake({"default", function}); }
  void restart() override {
    const auto kept = world::from_strings(world::to_strings(bench_.control.kept()));
    bench_.control.end();
    bench_.activity = {};
    bench_.begin(kept);
  }
  int desired(const std::string& function) override { return bench_.replicas(function); }
  Duration start_up() const override { return 2s; }

 private:
  static world::Json pod_of(const std::string& function) {
    return world::pod(function, function + "-1");
  }
  world::Bench bench_;
};

}  // namespace

std::unique_ptr<World> make_fake() { return std::make_unique<FakeWorld>(); }

}  // namespace thaw::worlds
