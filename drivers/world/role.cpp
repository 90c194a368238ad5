#include "drivers/world/role.hpp"

#include "drivers/kubernetes/sleep.hpp"

namespace thaw::world {

Awaitable<void> pause(boost::asio::any_io_executor executor, Duration length) {
  boost::asio::steady_timer timer(executor, length);
  boost::system::error_code ignored;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

Awaitable<bool> until_synced(const Surroundings& around, std::function<bool()> still) {
  while (still() && !around.watches.synced())
    co_await pause(around.reader.transport().executor(), std::chrono::milliseconds(20));
  co_return still();
}

}  // namespace thaw::world
