#include "drivers/gateway/watch.hpp"

#include <algorithm>

#include "drivers/gateway/call.hpp"

namespace thaw::gateway {
namespace {

constexpr Duration kGoneEvery = std::chrono::milliseconds(200);
constexpr Duration kSweepEvery = std::chrono::seconds(1);
// Below the five seconds after which common servers close: Node.js, uvicorn.
constexpr Duration kKept = std::chrono::seconds(4);

}  // namespace

void Watch::look(Instant now) {
  core_.wheel.turn(now);
  core_.balancer.tick(now);
  for (const auto& function : core_.balancer.functions()) {
    if (function->unserved(now) && core_.hooks.wanted) core_.hooks.wanted(function->name());
  }
  if (now - looked_for_gone_ >= kGoneEvery) {
    looked_for_gone_ = now;
    find_the_gone();
  }
  if (now - swept_ >= kSweepEvery) drop_unlisted(now);
}

// One system call for all. A caller who ended its sending counts as gone, as in Go's servers: of
// one who hung up nothing else is seen while bytes of it are unread.
void Watch::find_the_gone() {
  polled_.clear();
  watched_.clear();
  core_.calls.each([&](Call& call) {
    if (!call.watched()) return;
    polled_.push_back({call.handle(), POLLRDHUP, 0});
    watched_.push_back(&call);
  });
  if (polled_.empty() || poll(polled_.data(), polled_.size(), 0) <= 0) return;
  for (std::size_t i = 0; i < polled_.size(); ++i) {
    if (polled_[i].revents != 0) watched_[i]->stop(Call::Stop::gone);
  }
}

void Watch::drop_unlisted(Instant now) {
  swept_ = now;
  replicas_.clear();
  for (const auto& function : core_.balancer.functions()) function->add_replica_ids(replicas_);
  std::ranges::sort(replicas_);
  core_.kept.sweep(now - kKept, replicas_);
}

}  // namespace thaw::gateway
