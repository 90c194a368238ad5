// A server of metrics that says what a test tells it to, and remembers what it was asked.
// Threads: those of the io_context, on which its clients run too.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/drivers/loopback_server.hpp"

namespace thaw::metrics {

class StandIn {
 public:
  struct Said {
    int status = 200;
    std::string body;
    Duration after{};
  };

  explicit StandIn(boost::asio::io_context& io);
  std::uint16_t port() const { return server_.port(); }

  // To any request whose path and query, or whose posted form, has this part; else 404.
  void say(std::string part, Said said) { said_[std::move(part)] = std::move(said); }
  void keep_silent(bool silent) { silent_ = silent; }
  // "GET /path?query"; of a POST the form behind it.
  const std::vector<std::string>& asked() const { return asked_; }
  std::size_t asked_for(std::string_view part) const;
  const std::string& authorization() const { return authorization_; }  // of the last one

 private:
  Awaitable<void> answer(loopback::Visit& visit);

  std::map<std::string, Said> said_;
  std::vector<std::string> asked_;
  std::string authorization_;
  bool silent_ = false;
  loopback::LoopbackServer server_;
};

}  // namespace thaw::metrics
