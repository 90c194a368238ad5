// The coroutines of the live world: Boost.Asio's, on one thread. Boost 1.74's own header leans on
// <utility> without naming it, so that stands first.
#pragma once

// clang-format off
#include <utility>
// clang-format on

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace thaw {

template <class T>
using Awaitable = boost::asio::awaitable<T>;

}  // namespace thaw
