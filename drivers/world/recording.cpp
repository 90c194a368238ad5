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
  if (function.spec)
    writer_->made(*function.spec, function.policy, wants, function.most, state, continues_);
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

void Recording::stage(const PodState& pod, const std::string& what, TimePoint at) {
  writer_->stage({false, pod.owner ? pod.owner->name : "", pod.name, what, at});
}

void Recording::pods_changed(const WorkloadKey& key) {
  std::map<std::uint64_t, Known>& known = pods_[key];
  const Inventory::Pods& now = inventory_.pods_of(key);
  for (const auto& [id, pod] : now) {
    Known& of = known[id];
    of.pod = pod.state;
    const auto tell = [&](bool is, const char* what, TimePoint at) {
      if (is && of.told.insert(what).second) stage(pod.state, what, at);
    };
    tell(true, "created", pod.state.created);
    tell(pod.state.unschedulable, "unschedulable", clock_.now());
    if (pod.state.scheduled) tell(true, "scheduled", *pod.state.scheduled);
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

}  // namespace thaw::world
