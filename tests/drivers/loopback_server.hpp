// An HTTP/1.1 server on 127.0.0.1 that does what a test tells it, misbehaviour included.
//
// It lives on the test's own io_context, on one thread with what it tests. `handler` is asked for
// each request, and answers through the Visit, or does not.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"
#include "tests/drivers/certificates.hpp"

namespace thaw::loopback {

// One request, on the connection that it came by.
class Visit {
 public:
  virtual ~Visit() = default;
  http::Request request;
  int connection = 0;       // the first is 1
  std::string client_name;  // the CN of its certificate

  virtual Awaitable<void> write(std::string bytes) = 0;  // as they are
  virtual Awaitable<void> pause(Duration length) = 0;
  virtual void reset() = 0;  // RST, and the end
  virtual void close() = 0;  // FIN, and the end
  virtual bool gone() = 0;   // the client hung up

  Awaitable<void> answer(int status, std::string body, std::string more_headers = "");
  Awaitable<void> begin_chunks(int status = 200);
  Awaitable<void> chunk(std::string bytes);
  Awaitable<void> end_chunks() { return chunk(""); }
};

struct ServerTls {
  Identity identity;
  std::string client_authority;  // clients have to present a certificate of it; empty: none asked
};

class LoopbackServer {
 public:
  using Handler = std::function<Awaitable<void>(Visit&)>;

  LoopbackServer(boost::asio::io_context& io, std::optional<ServerTls> tls, Handler handler);
  ~LoopbackServer();

  std::uint16_t port() const;
  int connections() const;                      // accepted, handshake or not
  const std::vector<std::string>& log() const;  // "GET /path?query", in order
  std::size_t requests() const { return log().size(); }
  void refuse_all();  // closes the listener and every connection

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

// Forwards what a CONNECT asks for to 127.0.0.1:`to`, whatever host it names.
class ConnectProxy {
 public:
  ConnectProxy(boost::asio::io_context& io, std::uint16_t to, int status = 200);
  std::uint16_t port() const;
  const std::vector<std::string>& heads() const;  // the whole heads that came

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::loopback
