#include "drivers/world/recording.hpp"

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace thaw::world {
namespace {

std::string file_name(int number) {
  const std::string digits = std::to_string(number);
  return "recording-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits +
         ".jsonl";
}

}  // namespace

Recording::Recording(std::string folder, Recorder& then, const Inventory& inventory,
                     const Clock& clock, Log& log, std::uint64_t most)
    : folder_(std::move(folder)),
      then_(then),
      inventory_(inventory),
      clock_(clock),
      log_(log),
      most_(most) {
  std::error_code wrong;
  std::filesystem::create_directories(folder_, wrong);
  next();
  if (lost_ > 0) throw std::runtime_error("cannot write to " + folder_);
}

void Recording::next() {
  do {
    ++number_;
  } while (std::filesystem::exists(std::filesystem::path(folder_) / file_name(number_)));
  out_ = std::ofstream(std::filesystem::path(folder_) / file_name(number_), std::ios::binary);
  continues_ = written_ > 0;
  written_ = 0;
  writer_.emplace([this](const std::string& line) { write(line); });
}

void Recording::write(const std::string& line) {
  out_.write(line.data(), static_cast<std::streamsize>(line.size())).flush();
  written_ += line.size();
  if (out_) return;
  out_.clear();
  if (lost_++ == 0)
    log_.warning("record", "cannot write to " + folder_ + "/" + file_name(number_) +
                               ": what follows may be lost");
}

void Recording::made(const Function& function, const Wants& wants, const SavedState* state) {
  if (!function.spec) return;
  writer_->made(*function.spec, function.policy, wants, function.most, state, continues_);
  names_[function.target] = function.spec->name;
  pods_changed(function.target);  // those that were there before it
}

void Recording::step(FunctionId id, const Observation& seen, const Decision& decided,
                     const Decision& capped) {
  continues_ = false;
  writer_->step(id, seen, decided);
  then_.step(id, seen, decided, capped);
}

void Recording::look(FunctionId id, const Observation& seen) {
  writer_->look(id, seen);
  then_.look(id, seen);
}

void Recording::pods_changed(const WorkloadKey& key) {
  const auto function = names_.find(key);
  if (function == names_.end()) return;
  const auto stage = [&](const PodState& pod, const char* what, TimePoint at) {
    writer_->stage({false, function->second, pod.name, what, at});
  };
  std::map<std::uint64_t, Known>& known = pods_[key];
  const Inventory::Pods& now = inventory_.pods_of(key);
  for (const auto& [id, pod] : now) {
    Known& of = known[id];
    of.pod = pod.state;
    const auto tell = [&](bool is, const char* what, TimePoint at) {
      if (is && of.told.insert(what).second) stage(pod.state, what, at);
    };
    tell(true, "created", pod.state.created);
    if (pod.state.unschedulable && !of.without_room) of.without_room = clock_.now();
    tell(pod.state.unschedulable, "unschedulable", clock_.now());
    if (pod.state.scheduled) tell(true, "scheduled", *pod.state.scheduled);
    if (pod.state.scheduled && of.without_room) {
      waited_for_.try_emplace(pod.state.node, *of.without_room);
      ordered(pod.state.node);
    }
    if (pod.state.running) tell(true, "started", *pod.state.running);
    tell(pod.state.ready == Condition::yes, "ready", pod.state.ready_changed);
    tell(pod.state.deleting, "terminating", clock_.now());
  }
  for (auto one = known.begin(); one != known.end();) {
    if (now.contains(one->first)) {
      ++one;
      continue;
    }
    stage(one->second.pod, "gone", clock_.now());
    one = known.erase(one);
  }
  if (known.empty()) pods_.erase(key);
}

void Recording::node_changed(const NodeState& node) {
  const bool first = !nodes_.contains(node.name);
  KnownNode& known = nodes_[node.name];
  known.pool = node.pool;
  known.created = node.created;
  const auto tell = [&](const char* what, TimePoint at) {
    if (known.told.insert(what).second) writer_->stage({true, node.pool, node.name, what, at});
  };
  tell("created", node.created);
  if (node.ready) tell("ready", *node.ready);
  // Of one that had them when it was first seen nobody knows since when.
  if (node.devices && first) known.told.insert("allocatable");
  if (node.devices) tell("allocatable", clock_.now());
  ordered(node.name);
}

// Once both are known: the node, and since when a pod had waited for it.
void Recording::ordered(const std::string& node) {
  const auto known = nodes_.find(node);
  const auto since = waited_for_.find(node);
  if (known == nodes_.end() || since == waited_for_.end()) return;
  // The server's times are to the second. A node that was there before was not ordered for the pod.
  if (known->second.created + std::chrono::seconds(1) <= since->second) return;
  if (known->second.told.insert("ordered").second)
    writer_->stage({true, known->second.pool, node, "ordered", since->second});
}

void Recording::node_gone(const NodeState& node) {
  writer_->stage({true, node.pool, node.name, "gone", clock_.now()});
  nodes_.erase(node.name);
  waited_for_.erase(node.name);
}

void Recording::calls(const std::vector<gateway::Traffic>& traffic) {
  for (const gateway::Traffic& one : traffic) {
    recording::Calls& before = called_[one.function];
    const recording::Calls now{
        one.function.second, clock_.now(), one.total + one.in_flight + one.queued,
        one.completed,       one.cold,     one.timed_out,
        one.rejected,        one.failed,   one.unfinished};
    recording::Calls since = now;
    since.arrived -= before.arrived;
    since.completed -= before.completed;
    since.cold -= before.cold;
    since.timed_out -= before.timed_out;
    since.rejected -= before.rejected;
    since.failed -= before.failed;
    since.unfinished -= before.unfinished;
    before = now;
    const std::uint64_t any = since.arrived + since.completed + since.cold + since.timed_out +
                              since.rejected + since.failed + since.unfinished;
    if (any > 0) writer_->calls(since);
  }
}

}  // namespace thaw::world
