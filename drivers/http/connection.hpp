// One connection to a server: through a proxy and under TLS where the endpoint says so. One request
// at a time.
//
// Errors: Failure. Threads: the one of the executor. Deadlines are instants of the steady clock;
// what passes one closes the connection. Boost 1.74 cancels by closing, so that is all there is.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/client.hpp"

namespace thaw::http {

using Instant = std::chrono::steady_clock::time_point;

class Connection {
 public:
  // What is to be done with an answer.
  struct Reading {
    Instant head_until, body_until;
    const Client::Line* line = nullptr;  // a 2xx's body goes there, and may take for ever,
    Duration silence{0};                 // but never pause for longer
  };

  // `context` is used for an endpoint with TLS; both outlive the connection.
  Connection(boost::asio::any_io_executor executor, const Endpoint& endpoint, SSL_CTX* context,
             const Bounds& bounds);
  ~Connection();

  Awaitable<void> open(Instant until);
  // `wire` is the whole request, head and body. Afterwards see reusable().
  Awaitable<Response> exchange(std::string wire, bool head_only, Reading reading);
  void close();

  bool reusable() const;        // another request may follow
  bool answered() const;        // a byte of the last answer came
  std::uint64_t bytes() const;  // of answers
  Instant used() const;         // when the last exchange ended

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::http
