// A coroutine sleeps until another part of the thread wakes it.
//
// One sleeper at a time. Woken before it sleeps, it does not. It goes on later, from the executor's
// queue, so that it may be woken from anywhere.
#pragma once

#include "drivers/http/awaitable.hpp"
// After the header that mends Asio's.
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace thaw::gateway {

class Wakeup {
 public:
  explicit Wakeup(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  Awaitable<void> sleep() {
    if (std::exchange(woken_, false)) co_return;
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        [this](auto&& handler) { sleeper_.emplace(std::forward<decltype(handler)>(handler)); },
        boost::asio::use_awaitable);
  }

  void wake() {
    if (!sleeper_) {
      woken_ = true;
      return;
    }
    Sleeper sleeper = std::move(*sleeper_);
    sleeper_.reset();
    boost::asio::post(executor_, std::move(sleeper));
  }

  void reset() { woken_ = false; }

 private:
  using Sleeper = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;

  boost::asio::any_io_executor executor_;
  std::optional<Sleeper> sleeper_;
  bool woken_ = false;
};

}  // namespace thaw::gateway
