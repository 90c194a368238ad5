// An HTTP/1.1 client over TLS or plain TCP: kept connections, deadlines, bounded answers.
//
// Threads: everything happens on the one thread that runs `executor`'s io_context; nothing here is
// thread-safe. Errors: every coroutine throws Failure and nothing else, but for what `line` throws.
// A call that is under way when the Client is closed or destroyed ends with Failure::closed.
// Sources: RFC 9110, RFC 9112; Boost.Asio and Boost.Beast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/endpoint.hpp"
#include "drivers/http/failure.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::http {

struct Bounds {
  std::size_t head = std::size_t{64} << 10;  // bytes of an answer's head
  std::size_t body = std::size_t{64} << 20;  // bytes of a body that send() returns
  bool cut = false;                          // what is beyond is read and dropped, no failure
  std::size_t line = std::size_t{8} << 20;   // bytes of one line of a stream
  std::size_t idle_connections = 8;
  Duration idle = 60s;  // a connection unused for longer is not used again
};

// What happened on the wire, for metrics. Only ever grows.
struct Traffic {
  std::uint64_t requests = 0;     // heads written, retries included
  std::uint64_t connections = 0;  // opened, TLS included
  std::uint64_t failures = 0;     // calls that threw
  std::uint64_t bytes_in = 0;     // of answers, after TLS
};

class Client {
 public:
  Client(boost::asio::any_io_executor executor, Endpoint endpoint, Bounds bounds = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();  // closes

  // The whole answer, any status. `within` covers everything: name, connection, TLS and body. A
  // kept connection that the server had closed before any byte of the answer came is replaced by
  // a new one, once, where the method is GET or HEAD.
  Awaitable<Response> send(Request request, Duration within);

  // An answer of lines, each told without its end as it comes. Returns when the server ends the
  // answer; `body` is then empty. With a status other than 2xx no line is told and `body` is the
  // answer's. `silence`: the longest time without a byte. An end in the middle of a line or a
  // chunk is Failure::closed.
  using Line = std::function<void(std::string_view)>;
  Awaitable<Response> stream(Request request, Duration head_within, Duration silence, Line line);

  // Ends every call under way and drops all connections; later calls fail at once.
  void close();

  const Endpoint& endpoint() const;
  const Traffic& traffic() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::http
