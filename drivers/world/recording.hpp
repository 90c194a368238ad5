// What a driver sees, decides and watches, written to files for `thaw replay` and `thaw calibrate`.
//
// FOLDER/recording-000001.jsonl, -000002, …: after those that are there. A file is left for the
// next once it is larger than 64 MiB; each begins with its policies and their state, so that it can
// be read alone. A line is written whole and at once: a crash costs the last one at most. When a
// file cannot be written that is told once and counted, and the driver goes on. Stages are those of
// the functions' pods, and of nodes where they are watched, at the times that the cluster gives, to
// the second; what only a watch shows (gone, terminating, allocatable) is as of then. A node counts
// as ordered when the first pod that went to it was found to have no room. Threads: one.
#pragma once

#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "drivers/gateway/traffic.hpp"
#include "drivers/world/functions.hpp"
#include "drivers/world/log.hpp"
#include "engine/recording/recording.hpp"

namespace thaw::world {

class Recording final : public Recorder {
 public:
  // `then` is told all of it too. Throws std::runtime_error where the folder cannot be written to.
  Recording(std::string folder, Recorder& then, const Inventory& inventory, const Clock& clock,
            Log& log, std::uint64_t most = std::uint64_t{64} << 20);

  void made(const Function& function, const Wants& wants, const SavedState* state);
  void step(FunctionId id, const Observation& seen, const Decision& decided,
            const Decision& capped) override;
  void look(FunctionId id, const Observation& seen) override;
  void pods_changed(const WorkloadKey& key);
  void node_changed(const NodeState& node);
  void node_gone(const NodeState& node);
  void calls(const std::vector<gateway::Traffic>& traffic);  // since the last time

  bool full() const { return written_ > most_; }
  void next();  // the next file; its policies are to be told again
  std::uint64_t lost() const { return lost_; }

 private:
  void write(const std::string& line);

  const std::string folder_;
  Recorder& then_;
  const Inventory& inventory_;
  const Clock& clock_;
  Log& log_;
  const std::uint64_t most_;  // bytes of a file
  int number_ = 0;
  bool continues_ = false;  // nobody was asked yet in this file, which is not the first
  std::ofstream out_;
  std::uint64_t written_ = 0, lost_ = 0;
  std::optional<recording::Writer> writer_;
  struct Known {
    PodState pod;
    std::set<std::string> told;
    std::optional<TimePoint> without_room;  // since then, or until then
  };
  struct KnownNode {
    std::string pool;
    TimePoint created;
    std::set<std::string> told;
  };
  void ordered(const std::string& node);
  std::map<WorkloadKey, std::string> names_;  // of those that are functions
  std::map<WorkloadKey, std::map<std::uint64_t, Known>> pods_;
  std::map<std::string, KnownNode> nodes_;
  std::map<std::string, TimePoint> waited_for_;      // a node: since when its first pod had no room
  std::map<FunctionName, recording::Calls> called_;  // in all
};

}  // namespace thaw::world
