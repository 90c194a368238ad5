// So many at a time; the others wait in line.
//
// What is asked meets an API that may hang: without a bound every question would hold a connection
// of its own, until its deadline. Threads: the executor's one. Errors: none.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <utility>

#include "drivers/http/awaitable.hpp"

namespace thaw::metrics {

class AtOnce {
 public:
  // One of them, until it is destroyed; not after the AtOnce.
  class Turn {
   public:
    explicit Turn(AtOnce& of) : of_(&of) {}
    Turn(Turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (of_) of_->next();
    }

   private:
    AtOnce* of_;
  };

  AtOnce(boost::asio::any_io_executor executor, int most)
      : executor_(std::move(executor)), free_(most) {}

  Awaitable<Turn> turn() {
    if (free_ > 0) {
      --free_;
      co_return Turn(*this);
    }
    boost::asio::steady_timer called(executor_, boost::asio::steady_timer::time_point::max());
    line_.push_back(&called);
    boost::system::error_code cancelled;
    co_await called.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    co_return Turn(*this);
  }

 private:
  void next() {
    if (line_.empty()) {
      ++free_;
      return;
    }
    line_.front()->cancel();  // it takes over the turn
    line_.pop_front();
  }

  boost::asio::any_io_executor executor_;
  int free_;
  std::deque<boost::asio::steady_timer*> line_;
};

}  // namespace thaw::metrics
