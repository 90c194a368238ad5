#include "sim/server.hpp"

#include <algorithm>
#include <iterator>

#include "engine/invariant.hpp"

namespace thaw::sim {
namespace {
constexpr unsigned kFraction = 20;
}

void Server::advance(TimePoint now) {
  if (!running_.empty()) {
    const auto elapsed = static_cast<Virtual>((now - since_).count());
    clock_ +=
        (elapsed << kFraction) * speed_.numerator * abreast() / (sharers() * speed_.denominator);
  }
  since_ = now;
}

void Server::start(RequestId id, Duration work, TimePoint now) {
  start_streamed(id, work, work, now, {});
}

void Server::start_streamed(RequestId id, Duration work, Duration lead, TimePoint now,
                            const Answering& tokens) {
  THAW_CHECK(running_.size() < slots_, "a request starts without a slot");
  advance(now);
  const auto after = [this](Duration w) {
    return clock_ + (static_cast<Virtual>(w.count()) << kFraction);
  };
  const Virtual end = after(work), first = after(lead);
  const std::uint32_t left = tokens.output - tokens.answered;
  const Virtual each = left > 1 ? std::max<Virtual>((end - first) / (left - 1), 1) : 1;
  running_.push_back({id, end, tokens.answered > 0 ? end : first, first, each, tokens});
}

std::optional<RequestId> Server::first_waiting() const {
  return waiting_.empty() ? std::nullopt : std::optional(waiting_.front());
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
  if (std::erase_if(preempted_, [id](const Preempted& p) { return p.id == id; }) > 0) return true;
  std::erase(waiting_, id);
  return false;
}

void Server::set_speed(const Speed& speed, TimePoint now) {
  advance(now);
  speed_ = speed;
}

TimePoint Server::next_end(TimePoint now) {
  if (running_.empty()) return TimePoint::never();
  advance(now);
  Virtual first =
      std::min_element(running_.begin(), running_.end(), [](const Running& a, const Running& b) {
        return a.next < b.next;
      })->next;
  if (kv_limit_ > 0) first = overflow_before(first);
  if (first <= clock_) return now;
  const Virtual full = (first - clock_) * sharers() * speed_.denominator;
  const Virtual pace = speed_.numerator * abreast();
  const Virtual left = (full + pace - 1) / pace;
  const Virtual unit = Virtual{1} << kFraction;
  return now + Duration{static_cast<std::int64_t>((left + unit - 1) >> kFraction)};
}

void Server::take_begun(TimePoint now, std::vector<RequestId>& begun) {
  advance(now);
  for (Running& r : running_) {
    if (r.next == r.finish || r.next > clock_) continue;
    r.next = r.finish;
    begun.push_back(r.id);
  }
}

void Server::take_finished(TimePoint now, std::vector<RequestId>& finished) {
  advance(now);
  const auto is_done = [this](const Running& r) { return r.finish <= clock_; };
  done_.clear();
  std::copy_if(running_.begin(), running_.end(), std::back_inserter(done_), is_done);
  if (done_.empty()) return;
  // A stable sort takes memory for itself, and nearly always there is nothing to sort.
  if (done_.size() > 1)
    std::stable_sort(done_.begin(), done_.end(),
                     [](const Running& a, const Running& b) { return a.finish < b.finish; });
  std::erase_if(running_, is_done);
  for (const Running& r : done_) finished.push_back(r.id);
  last_end_ = now;
}

std::vector<RequestId> Server::take_all() {
  std::vector<RequestId> all;
  for (const Running& r : running_) all.push_back(r.id);
  for (const Preempted& p : preempted_) all.push_back(p.id);
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  running_.clear();
  preempted_.clear();
  waiting_.clear();
  return all;
}

}  // namespace thaw::sim
