// The controller of a live world, and the functions it governs as they come and go.
//
// When a function, its settings or the configuration change, the policies save their state, are
// built anew and take it up again. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "drivers/world/functions.hpp"
#include "drivers/world/kept_state.hpp"
#include "drivers/world/log.hpp"
#include "engine/controller.hpp"

namespace thaw::world {

class Control final : public Inventory::Listener {
 public:
  struct Ports {
    Clock& clock;
    Cluster& cluster;
    Recorder& recorder;
    Activity& activity;
    const Inventory& inventory;
    Log& log;
    // Told before anything is asked about them.
    std::function<void(const Functions&)> serve;
    std::function<Functions()> take_census;
    std::function<void()> settings_changed;  // a later reform() is due
    std::function<void()> ring_due;  // alarms whose time has come, before anyone is asked else
    // Told whenever there are others, or other settings, whether this process decides or not.
    std::function<void(const Functions&)> known = [](const Functions&) {};
    // Told of each policy before it is asked, with the state that it goes on from (or nullptr).
    std::function<void(const Function&, const Wants&, const SavedState*)> made =
        [](const Function&, const Wants&, const SavedState*) {};
  };
  explicit Control(Ports ports) : ports_(std::move(ports)) {}

  // Takes up what was kept; what was kept `aged` before it may have gone on for as long. Before
  // begin() and after end(), reform() does no more than to know the functions.
  void begin(const std::map<FunctionName, Kept>& kept, Duration aged);
  void end();
  void reform();
  bool running() const { return controller_ != nullptr; }
  std::map<FunctionName, Kept> kept();
  // Of all policies again, as of now; `begin` comes after their states are taken.
  void tell_made(const std::function<void()>& begin);

  void alarm(FunctionId id);
  void again(FunctionId id) { poke(id, Cause::pods); }
  // Whether there is such a function. It counts as called, and is woken if it sleeps; where a
  // replica is ready nothing changes, as with SlimFaas.
  bool wake(const FunctionName& name);
  std::size_t wake_all();  // how many there are
  bool ready(const FunctionName& name) const;
  const Functions& functions() const { return functions_; }

  void workload_changed(const WorkloadKey& key, bool settings) override;
  void pods_changed(const WorkloadKey& key) override;

 private:
  void build(const std::map<FunctionName, Kept>& kept);
  void tell_made(const Controller::State& states);
  bool is_up(const Function& function) const;
  void keep_warm(const Function& function);
  void tell_refusals();
  void poke(FunctionId id, Cause cause);
  const FunctionId* find(const FunctionName& name) const;

  Ports ports_;
  Functions functions_;
  std::unique_ptr<Controller> controller_;
  std::map<FunctionName, FunctionId> ids_;
  std::map<WorkloadKey, std::vector<FunctionId>> interested_;  // in pods of it
  std::map<WorkloadKey, std::string> told_;                    // refusals
  Duration aged_{0};                    // both while what was kept is taken up
  std::set<FunctionName> woken_since_;  // at zero when it was kept
};

}  // namespace thaw::world
