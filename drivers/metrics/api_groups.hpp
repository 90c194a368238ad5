// Which of the metrics APIs a cluster serves, and in which version.
//
// Each group is looked up by itself, so that one that is down does not hide the others, and kept:
// one that is there for ten minutes, one that is not for half a minute.
// Errors: none thrown. Threads: those of the Transport, which outlives it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <string>
#include <string_view>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/transport.hpp"
#include "drivers/metrics/kubernetes_values.hpp"
#include "engine/ports.hpp"

namespace thaw::metrics {

class ApiGroups {
 public:
  ApiGroups(kubernetes::Transport& transport, const Clock& clock, Duration deadline)
      : transport_(transport), clock_(clock), deadline_(deadline) {}

  Awaitable<ApiGroup> find(std::string_view group);

 private:
  struct Known {
    explicit Known(const boost::asio::any_io_executor& executor) : looking(executor) {}
    ApiGroup group;
    TimePoint until{};                  // it is kept so long
    boost::asio::steady_timer looking;  // others wait for the one who looks
    bool is_looking = false;
  };
  Awaitable<ApiGroup> look(std::string group);

  kubernetes::Transport& transport_;
  const Clock& clock_;
  Duration deadline_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace thaw::metrics
