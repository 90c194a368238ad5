// Posts how a call ended to the X-Callback-Url of its caller, at least once, a bounded number of
// times.
//
// An answer of 2xx ends it; any other, or none, is followed by another attempt after retries[k],
// and after the last it is dropped, counted and told. Results are in the store's file from the
// moment when their calls are no longer, so that no crash in between loses one. At most `at_once`
// posts are on at a time. Threads, time: as Delivery's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "drivers/gateway/async/invoker.hpp"
#include "drivers/gateway/async/journal.hpp"
#include "drivers/gateway/async/room.hpp"

namespace thaw::gateway::async {

class Poster {
 public:
  virtual ~Poster() = default;
  virtual Awaitable<Outcome> post(std::string url, http::Headers headers, std::string body,
                                  Duration within) = 0;
};

class Callbacks {
 public:
  struct Policy {
    std::vector<Duration> retries = {1s, 5s, 30s, 2min, 10min};
    Duration within = 30s;  // of one post
    std::size_t at_once = 16;
  };
  struct Ports {
    boost::asio::any_io_executor executor;
    Journal& journal;
    Poster& poster;
    Room& room;
    std::function<TimePoint()> now;
    std::function<void()> sooner;
    std::function<void(const std::string&)> tell;
  };
  struct Counts {
    std::uint64_t waiting = 0;                // now, those being posted too
    std::uint64_t delivered = 0, failed = 0;  // failed: given up
  };

  Callbacks(Policy policy, Ports ports) : policy_(std::move(policy)), ports_(std::move(ports)) {}
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  void add(const Result& result);
  TimePoint act();
  void stop() { stopping_ = true; }
  std::size_t posts() const { return posts_; }  // that are on
  Counts counts() const { return {results_.size(), delivered_, failed_}; }

 private:
  struct Entry {
    std::string id;
    TimePoint due;
    std::uint32_t attempts;
    std::uint64_t bytes;
  };
  void start();
  Awaitable<void> post(Position position);
  Awaitable<void> settle(Position position, Outcome outcome);
  Awaitable<void> write(Journal::Work work);

  Policy policy_;
  Ports ports_;
  std::map<Position, Entry> results_;
  std::set<std::pair<TimePoint, Position>> due_;
  std::size_t posts_ = 0;
  std::uint64_t delivered_ = 0, failed_ = 0;
  bool stopping_ = false;
};

}  // namespace thaw::gateway::async
