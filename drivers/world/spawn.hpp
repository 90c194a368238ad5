// Starts a coroutine that nobody waits for. What it throws leaves io_context::run(): a driver does
// not go on without one of its parts.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "drivers/http/awaitable.hpp"

namespace thaw::world {

template <class Executor>
void spawn(const Executor& executor, Awaitable<void> what) {
  boost::asio::co_spawn(executor, std::move(what), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

}  // namespace thaw::world
