#include "sim/server.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

namespace thaw::sim {
namespace {
constexpr unsigned kFraction = 20;
}

void Server::advance(TimePoint now) {
  if (!running_.empty()) {
    const auto elapsed = static_cast<Virtual>((now - since_).count());
    clock_ += (elapsed << kFraction) / sharers();
  }
  since_ = now;
}

void Server::start(RequestId id, Duration work, TimePoint now) {
  THAW_CHECK(has_free_slot(), "a request starts without a slot");
  advance(now);
  running_.push_back({id, clock_ + (static_cast<Virtual>(work.count()) << kFraction)});
}

std::optional<RequestId> Server::take_waiting() {
  if (waiting_.empty()) return std::nullopt;
  const RequestId id = waiting_.front();
  waiting_.pop_front();
  return id;
}

bool Server::withdraw(RequestId id, TimePoint now) {
  advance(now);
  if (std::erase_if(running_, [id](const Running& r) { return r.id == id; }) > 0) {
    last_end_ = now;
    return true;
  }
  std::erase(waiting_, id);
  return false;
}

TimePoint Server::next_end(TimePoint now) {
  if (running_.empty()) return TimePoint::never();
  advance(now);
  const Virtual first =
      std::min_element(running_.begin(), running_.end(), [](const Running& a, const Running& b) {
        return a.finish < b.finish;
      })->finish;
  if (first <= clock_) return now;
  const Virtual left = (first - clock_) * sharers();
  const Virtual unit = Virtual{1} << kFraction;
  return now + Duration{static_cast<std::int64_t>((left + unit - 1) >> kFraction)};
}

void Server::take_finished(TimePoint now, std::vector<RequestId>& finished) {
  advance(now);
  std::vector<Running> done;
  for (const Running& r : running_)
    if (r.finish <= clock_) done.push_back(r);
  std::stable_sort(done.begin(), done.end(),
                   [](const Running& a, const Running& b) { return a.finish < b.finish; });
  std::erase_if(running_, [this](const Running& r) { return r.finish <= clock_; });
  for (const Running& r : done) finished.push_back(r.id);
  if (!done.empty()) last_end_ = now;
}

std::vector<RequestId> Server::take_all() {
  std::vector<RequestId> all;
  for (const Running& r : running_) all.push_back(r.id);
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  running_.clear();
  waiting_.clear();
  return all;
}

}  // namespace thaw::sim
