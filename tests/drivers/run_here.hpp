// Runs a coroutine on the test's io_context to its end, and gives what it returns or throws.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <optional>
#include <stdexcept>

#include "drivers/http/awaitable.hpp"
#include "engine/time.hpp"

namespace thaw::loopback {

constexpr Duration kLongest = 20s;  // of one coroutine of a test

// Until `done` holds; false: it did not within the time.
template <class Done>
bool run_until(boost::asio::io_context& io, const Done& done, Duration within = kLongest) {
  const auto until = std::chrono::steady_clock::now() + within;
  io.restart();
  while (!done() && std::chrono::steady_clock::now() < until) io.run_one_until(until);
  return done();
}

template <class T>
T run_here(boost::asio::io_context& io, Awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr error;
  bool done = false;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown, T value) {
    error = thrown;
    result.emplace(std::move(value));
    done = true;
  });
  if (!run_until(io, [&] { return done; })) throw std::logic_error("the coroutine does not end");
  if (error) std::rethrow_exception(error);
  return std::move(*result);
}

inline void run_here(boost::asio::io_context& io, Awaitable<void> task) {
  std::exception_ptr error;
  bool done = false;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) {
    error = thrown;
    done = true;
  });
  if (!run_until(io, [&] { return done; })) throw std::logic_error("the coroutine does not end");
  if (error) std::rethrow_exception(error);
}

}  // namespace thaw::loopback
