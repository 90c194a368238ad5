// What a language model's requests hold of the KV cache, and who gives way when it is full.
#include <algorithm>

#include "sim/server.hpp"

namespace thaw::sim {

std::uint32_t Server::answered(const Running& r, Virtual at) const {
  if (at < r.first) return r.tokens.answered;
  const Virtual out = 1 + (at - r.first) / r.each;
  const std::uint32_t left = r.tokens.output - r.tokens.answered;
  return r.tokens.answered + static_cast<std::uint32_t>(std::min<Virtual>(out, left));
}

std::int64_t Server::held(Virtual at) const {
  std::int64_t tokens = 0;
  for (const Running& r : running_) tokens += std::int64_t{r.tokens.prompt} + answered(r, at);
  return tokens;
}

bool Server::has_room_for(std::uint32_t tokens, TimePoint now) {
  if (kv_limit_ == 0) return true;
  advance(now);
  return held(clock_) + tokens <= kv_limit_;
}

// The first instant at which more is held than there is, if that is before `end`, when somebody
// gives back what he holds; else `end`.
Server::Virtual Server::overflow_before(Virtual end) const {
  if (end <= clock_ || held(end - 1) <= kv_limit_) return end;
  Virtual fits = clock_, over = end - 1;
  while (over - fits > 1) {
    const Virtual middle = fits + (over - fits) / 2;
    (held(middle) > kv_limit_ ? over : fits) = middle;
  }
  return over;
}

void Server::preempt(TimePoint now) {
  if (kv_limit_ == 0) return;
  advance(now);
  while (running_.size() > 1 && held(clock_) > kv_limit_) {
    const auto last = std::find_if(running_.rbegin(), running_.rend(),
                                   [](const Running& r) { return r.tokens.output > 0; });
    preempted_.push_front({last->id, answered(*last, clock_)});
    running_.erase(std::next(last).base());
  }
}

std::optional<Server::Preempted> Server::first_preempted() const {
  if (preempted_.empty() || running_.size() >= slots_) return std::nullopt;
  return preempted_.front();
}

void Server::resume(Duration work, Duration lead, TimePoint now, const Answering& tokens) {
  const RequestId id = preempted_.front().id;
  preempted_.pop_front();
  start_streamed(id, work, lead, now, tokens);
}

}  // namespace thaw::sim
