// Where a server listens: "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0" (a free port).
//
// Errors: Failure::connect, with the address as it was given.
#pragma once

#include "drivers/http/awaitable.hpp"
// After the header that mends Asio's.
#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace thaw::http {

boost::asio::ip::tcp::acceptor listen_on(const boost::asio::any_io_executor& executor,
                                         const std::string& where);

}  // namespace thaw::http
