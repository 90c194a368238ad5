#include "tests/gateway/loop.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace thaw::rigs {

void refuse(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) refuse("epoll");
}

Loop::~Loop() { close(epoll_); }

void Loop::watch(int descriptor, std::uint32_t events, Watcher& watcher) {
  epoll_event event{events, {&watcher}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) refuse("epoll");
}

void Loop::change(int descriptor, std::uint32_t events, Watcher& watcher) {
  epoll_event event{events, {&watcher}};
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) != 0) refuse("epoll");
}

void Loop::forget(int descriptor, const Watcher& watcher) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  for (epoll_event& event : pending_) {
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
  }
}

void Loop::at(Instant when, std::function<void()> what) { timers_.emplace(when, std::move(what)); }

void Loop::round(Instant until) {
  if (!timers_.empty()) until = std::min(until, timers_.begin()->first);
  const auto left = std::max(std::chrono::nanoseconds(0),
                             std::chrono::duration_cast<std::chrono::nanoseconds>(
                                 until - std::max(Instant(), std::min(now(), until))));
  const timespec wait{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
  std::array<epoll_event, 256> events;
  const int count =
      epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
  if (count < 0 && errno != EINTR) refuse("epoll");
  pending_ = std::span(events).first(static_cast<std::size_t>(std::max(count, 0)));
  for (const epoll_event& event : pending_) {
    if (event.data.ptr) static_cast<Watcher*>(event.data.ptr)->ready(event.events);
  }
  pending_ = {};
  // What becomes due meanwhile waits for the next round, so that sockets get their turn.
  std::vector<std::function<void()>> due;
  const auto end = timers_.upper_bound(now());
  for (auto timer = timers_.begin(); timer != end; ++timer) due.push_back(std::move(timer->second));
  timers_.erase(timers_.begin(), end);
  for (const auto& what : due) what();
}

bool Loop::run(Instant until, const std::function<bool()>& done) {
  while (!done()) {
    if (now() >= until) return false;
    round(until);
  }
  return true;
}

void Loop::run(Instant until) {
  run(until, [] { return false; });
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace thaw::rigs
