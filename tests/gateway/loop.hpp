// What the gateway's rigs turn on: one thread, epoll and timers.
//
// Instants are of the steady clock. Errors: std::system_error where the system refuses.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <span>

struct epoll_event;

namespace thaw::rigs {

using Instant = std::chrono::steady_clock::time_point;
inline Instant now() { return std::chrono::steady_clock::now(); }

class Loop {
 public:
  class Watcher {
   public:
    virtual void ready(std::uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void watch(int descriptor, std::uint32_t events, Watcher& watcher);
  void change(int descriptor, std::uint32_t events, Watcher& watcher);
  void forget(int descriptor, const Watcher& watcher);  // no event of it comes any more

  void at(Instant when, std::function<void()> what);
  void soon(std::function<void()> what) { at(Instant::min(), std::move(what)); }

  // Until `done` or `until`; asked after each round. Whether it was done.
  bool run(Instant until, const std::function<bool()>& done);
  void run(Instant until);

 private:
  void round(Instant until);

  int epoll_ = -1;
  std::multimap<Instant, std::function<void()>> timers_;
  std::span<epoll_event> pending_;  // of the round that is under way
};

[[noreturn]] void refuse(const char* what);  // throws what errno says

// As many descriptors as this process may have.
void raise_descriptor_limit();

}  // namespace thaw::rigs
