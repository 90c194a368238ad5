// A driver's controller on a clock that the test turns and a cluster that the test plays.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "drivers/world/control.hpp"
#include "drivers/world/decision_log.hpp"
#include "drivers/world/live_cluster.hpp"
#include "policies/all.hpp"
#include "tests/drivers/world/objects_in_json.hpp"

namespace thaw::world {

inline const FunctionName kOllama{"default", "ollama"};

class TurnedClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  void set_alarm(FunctionId id, TimePoint t) override { alarms_[id] = t; }
  void cancel_alarm(FunctionId id) override { alarms_.erase(id); }

  template <class Ring>
  void turn_to(TimePoint until, const Ring& ring) {
    while (true) {
      auto next = alarms_.end();
      for (auto it = alarms_.begin(); it != alarms_.end(); ++it)
        if (it->second <= until && (next == alarms_.end() || it->second < next->second)) next = it;
      if (next == alarms_.end()) break;
      now_ = std::max(now_, next->second);
      const FunctionId id = next->first;
      alarms_.erase(next);
      ring(id);
    }
    now_ = until;
  }

 private:
  TimePoint now_{std::chrono::seconds(1767571200)};  // 2026-01-05T00:00:00Z
  std::map<FunctionId, TimePoint> alarms_;
};

// Writes come about at once, unless told otherwise.
class PlayedScaler final : public Scaler {
 public:
  bool may_write() const override { return allowed; }
  bool may_grow() const override { return !spent; }
  void scale(Write write, std::function<void(Outcome)> done) override {
    written.push_back(write);
    if (hold) {
      held.push_back(std::move(done));
      return;
    }
    if (outcome == Outcome::done && apply) apply(write);
    done(outcome);
  }

  bool allowed = true, hold = false, spent = false;
  Outcome outcome = Outcome::done;
  std::vector<Write> written;
  std::deque<std::function<void(Outcome)>> held;
  std::function<void(const Write&)> apply;
};

class Bench {
 public:
  explicit Bench(DriveConfig of = {}, bool is_shadow = false)
      : config(std::move(of)), shadow(is_shadow) {
    config.namespaces = {"default", "other"};
    scaler.apply = [this](const Scaler::Write& write) {
      Json object = objects.at({write.target.ns, write.target.name});
      object["spec"]["replicas"] = write.to.count;
      put(object);
    };
  }

  void put(const Json& object) {
    const Json& meta = object.at("metadata");
    objects[{meta.at("namespace"), meta.at("name")}] = object;
    inventory.apply_workload(object, false);
  }
  void begin(const std::map<FunctionName, Kept>& kept = {}) { control.begin(kept, 5s); }
  void pass(Duration length) {
    clock.turn_to(clock.now() + length, [this](FunctionId id) { control.alarm(id); });
  }
  int replicas(const std::string& name) const {
    return inventory.find({false, "default", name})->spec.count;
  }
  std::string log_text() const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
  }

  DriveConfig config;
  const bool shadow;
  TurnedClock clock;
  std::vector<std::string> lines;
  Log log{[this](const std::string& line) { lines.push_back(line); }};
  Activity activity;
  Calls calls;
  PlayedScaler scaler;
  TimePoint facts_taken = TimePoint::never();  // never: now
  std::map<FunctionName, Json> objects;
  int settings_changed = 0;
  Control control{{clock, cluster, decisions, activity, inventory, log,
                   [this](const Functions& functions) {
                     observer.serve(functions);
                     decisions.serve(functions);
                     cluster.serve(functions);
                   },
                   [this] { return functions_of(inventory, config, find_policy, shadow); },
                   [this] { ++settings_changed; }, [] {}}};
  Inventory inventory{control};
  Observer observer{{clock, inventory, activity, nullptr,
                     [this] { return std::min(facts_taken, clock.now()); },
                     config.gateway ? &calls : nullptr}};
  LiveCluster cluster{observer, inventory, scaler,
                      [this](FunctionId id) { asked_again.push_back(id); }};
  DecisionLog decisions{log, shadow};
  std::vector<FunctionId> asked_again;
};

}  // namespace thaw::world
