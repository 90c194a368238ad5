// A small HTTP/1.1 server for what people and Kubernetes ask of this process: health, metrics,
// wake.
//
// Bounded in everything: the head's and the body's size, the time a request may take to come and an
// answer to go, idle connections, connections at once (beyond: 503 and closed). Threads: the one
// that runs `executor`'s io_context. Errors: the constructor throws Failure when it cannot listen;
// a handler that throws is answered with 500.
// Sources: RFC 9110, RFC 9112; Boost.Beast.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/failure.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::http {

struct ServerBounds {
  std::size_t head = std::size_t{16} << 10, body = std::size_t{64} << 10;
  Duration request = 10s, answer = 30s, idle = 60s;
  std::size_t connections = 1024;
};

class Server {
 public:
  using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

  // `listen`: "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0" (a free port).
  Server(boost::asio::any_io_executor executor, const std::string& listen, Handler handler,
         ServerBounds bounds = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // close()

  std::uint16_t port() const;
  void close();  // no new connections; those that are there end

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::http
