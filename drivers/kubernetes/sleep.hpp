// Waits that can be cut short. Errors: none. Threads: the one of the coroutine.
#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "drivers/http/awaitable.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

using SteadyInstant = std::chrono::steady_clock::time_point;

inline SteadyInstant steady_now() { return std::chrono::steady_clock::now(); }

// Until the time is over, or timer.cancel().
inline Awaitable<void> sleep(boost::asio::steady_timer& timer, Duration length) {
  boost::system::error_code cancelled;
  timer.expires_after(length);
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

}  // namespace thaw::kubernetes
