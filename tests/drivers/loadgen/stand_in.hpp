// A gateway that does what a test tells it, on a thread of its own; its reader of requests is the
// rigs', which has nothing of the client's.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/reader.hpp"
#include "tests/gateway/stream.hpp"

namespace thaw::loadgen {

class StandIn {
 public:
  struct Said {
    std::string bytes;
    std::chrono::milliseconds after{0};  // what was said before, or the request
    bool close = false;                  // the connection, after it
  };
  using Talk = std::vector<Said>;
  struct Heard {
    rigs::Message request;
    int connection = 0;  // the first is 1
  };
  // Asked on the server's thread.
  explicit StandIn(std::function<Talk(const Heard&)> answer);
  ~StandIn();

  std::uint16_t port() const { return port_; }
  std::vector<Heard> heard() const;
  int connections() const { return connections_; }
  int most_under_way() const { return most_; }
  std::string wrong() const;  // what came and is no request

  static Talk ok(std::string_view body = "ok", std::chrono::milliseconds after = {},
                 std::string_view fields = "");
  static Talk status(int status, std::string_view fields = "");

 private:
  class Peer;
  void serve();

  std::function<Talk(const Heard&)> answer_;
  rigs::Loop loop_;
  std::unique_ptr<rigs::Listener> listener_;
  std::uint16_t port_ = 0;
  std::list<std::shared_ptr<Peer>> peers_;
  mutable std::mutex mutex_;
  std::vector<Heard> heard_;
  std::string wrong_;
  int under_way_ = 0;
  std::atomic<int> connections_{0}, most_{0};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace thaw::loadgen
