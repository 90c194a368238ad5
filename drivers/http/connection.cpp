// The only file that includes Asio's TLS, and beside server.cpp the only one with Beast: it costs
// half a minute.
#include "drivers/http/connection.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "drivers/http/answer_parser.hpp"
#include "drivers/http/tcp_options.hpp"
#include "drivers/http/tls_context.hpp"

namespace thaw::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Kind = Failure::Kind;

constexpr std::size_t kReadAtOnce = std::size_t{64} << 10;

// A look-up of a name runs on a thread of its own that nothing can stop: what waits is this timer,
// and a late answer finds nobody.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : ready(executor), resolver(executor) {}
  asio::steady_timer ready;
  tcp::resolver resolver;
  std::vector<tcp::endpoint> found;
  Code error;
  bool done = false;
};

}  // namespace

class Connection::Impl {
 public:
  Impl(asio::any_io_executor executor, const Endpoint& endpoint, SSL_CTX* context,
       const Bounds& bounds)
      : endpoint_(endpoint), bounds_(bounds), plain_(std::move(executor)) {
    if (!endpoint.tls) return;
    SSL_CTX_up_ref(context);  // Asio's context frees what it is given
    context_.emplace(context);
  }

  Awaitable<void> open(Instant until);
  Awaitable<Response> exchange(std::string wire, bool head_only, Reading reading);
  void close() {
    closed_ = true;
    reusable_ = false;
    if (lookup_) lookup_->ready.cancel();
    plain_.close();
  }

  bool reusable_ = false, answered_ = false, closed_ = false;
  std::uint64_t bytes_ = 0;
  Instant used_{};

 private:
  using Tunnel = asio::ssl::stream<beast::tcp_stream&>;

  Awaitable<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port,
                                                Instant until);
  Awaitable<void> connect(std::string host, std::uint16_t port, Instant until);
  Awaitable<void> ask_proxy(Instant until);
  Awaitable<void> shake_hands(Instant until);
  Awaitable<void> write(std::string_view bytes, Instant until);
  Awaitable<bool> read(Instant until);  // false: the peer ended it
  [[noreturn]] void fail(const Code& code, const std::string& doing, bool maybe_received) const;
  void feed(AnswerParser& parser);

  const Endpoint& endpoint_;
  const Bounds& bounds_;
  beast::tcp_stream plain_;
  std::optional<asio::ssl::context> context_;
  std::optional<Tunnel> tunnel_;
  std::shared_ptr<Lookup> lookup_;
  beast::flat_buffer buffer_;
};

void Connection::Impl::fail(const Code& code, const std::string& doing, bool maybe_received) const {
  const std::string where = endpoint_.authority() + ": ";
  if (closed_) throw Failure(Kind::closed, where + "closed while " + doing, maybe_received);
  if (code == beast::error::timeout) {
    throw Failure(Kind::timeout, where + "out of time while " + doing, maybe_received);
  }
  // From 1000 on the reason is an alert that the peer sent: it dislikes us.
  const bool alert = code.category() == asio::error::get_ssl_category() &&
                     ERR_GET_REASON(static_cast<unsigned long>(code.value())) >= 1'000;
  throw Failure(alert ? Kind::tls : Kind::closed, where + code.message() + " while " + doing,
                maybe_received);
}

Awaitable<std::vector<tcp::endpoint>> Connection::Impl::resolve(std::string host,
                                                                std::uint16_t port, Instant until) {
  Code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (!error) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};

  const auto lookup = std::make_shared<Lookup>(plain_.get_executor());
  lookup_ = lookup;
  lookup->ready.expires_at(until);
  lookup->resolver.async_resolve(
      host, std::to_string(port),
      [lookup](const Code& code, const tcp::resolver::results_type& results) {
        lookup->done = true;
        lookup->error = code;
        for (const auto& result : results) lookup->found.push_back(result.endpoint());
        lookup->ready.cancel();
      });
  co_await lookup->ready.async_wait(asio::redirect_error(asio::use_awaitable, error));
  lookup_.reset();
  if (closed_) fail({}, "resolving " + host, false);
  if (!lookup->done) fail(beast::error::timeout, "resolving " + host, false);
  if (lookup->error || lookup->found.empty()) {
    throw Failure(Kind::resolve, host + " has no address: " + lookup->error.message());
  }
  co_return lookup->found;
}

// Each address gets its part of the time, so that a dead one does not use it up.
Awaitable<void> Connection::Impl::connect(std::string host, std::uint16_t port, Instant until) {
  const std::vector<tcp::endpoint> endpoints = co_await resolve(host, port, until);
  Code error;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const Instant now = std::chrono::steady_clock::now();
    plain_.expires_at(now + (until - now) / static_cast<std::int64_t>(endpoints.size() - i));
    co_await plain_.async_connect(endpoints[i], asio::redirect_error(asio::use_awaitable, error));
    if (closed_) fail(error, "connecting", false);
    if (!error) break;
  }
  if (error == beast::error::timeout) fail(error, "connecting to " + host, false);
  if (error) {
    throw Failure(Kind::connect, host + ":" + std::to_string(port) + ": " + error.message());
  }
  set_tcp_options(plain_.socket().native_handle());
}

Awaitable<void> Connection::Impl::ask_proxy(Instant until) {
  const Proxy& proxy = *endpoint_.proxy;
  const bool v6 = endpoint_.host.find(':') != std::string::npos;
  const std::string target =
      (v6 ? "[" + endpoint_.host + "]" : endpoint_.host) + ":" + std::to_string(endpoint_.port);
  std::string wire = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy.authorization.empty()) {
    wire += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  }
  wire += "\r\n";
  co_await write(wire, until);
  AnswerParser parser(bounds_, nullptr);
  parser.skip(true);
  while (!parser.is_done()) {
    const bool more = co_await read(until);
    if (!more) throw Failure(Kind::connect, proxy.host + ": the proxy hung up");
    feed(parser);
  }
  if (!parser.response.ok()) {
    throw Failure(Kind::connect, proxy.host + ": the proxy answered " +
                                     std::to_string(parser.response.status) + " for " + target);
  }
}

Awaitable<void> Connection::Impl::shake_hands(Instant until) {
  tunnel_.emplace(plain_, *context_);
  SSL* const ssl = tunnel_->native_handle();
  expect_server(ssl, *endpoint_.tls, endpoint_.host);
  Code error;
  plain_.expires_at(until);
  co_await tunnel_->async_handshake(asio::ssl::stream_base::client,
                                    asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_return;
  if (closed_ || error == beast::error::timeout) fail(error, "shaking hands", false);
  const bool broke = error.category() != asio::error::get_ssl_category() &&
                     error != asio::ssl::error::stream_truncated;
  const std::string why = why_refused(ssl, *endpoint_.tls, endpoint_.host, error.message());
  throw Failure(broke || error == asio::error::eof ? Kind::closed : Kind::tls,
                endpoint_.authority() + ": " + why);
}

Awaitable<void> Connection::Impl::open(Instant until) {
  const bool proxied = endpoint_.proxy.has_value();
  std::string host = proxied                      ? endpoint_.proxy->host
                     : !endpoint_.address.empty() ? endpoint_.address
                                                  : endpoint_.host;
  const std::uint16_t port = proxied ? endpoint_.proxy->port : endpoint_.port;
  co_await connect(std::move(host), port, until);
  if (proxied) co_await ask_proxy(until);
  if (endpoint_.tls) co_await shake_hands(until);
  reusable_ = true;
}

Awaitable<void> Connection::Impl::write(std::string_view bytes, Instant until) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  Code error;
  plain_.expires_at(until);
  if (tunnel_) {
    co_await asio::async_write(*tunnel_, buffer, asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(plain_, buffer, asio::redirect_error(asio::use_awaitable, error));
  }
  if (error || closed_) fail(error, "sending", true);
}

Awaitable<bool> Connection::Impl::read(Instant until) {
  const auto room = buffer_.prepare(kReadAtOnce);
  Code error;
  std::size_t count = 0;
  plain_.expires_at(until);
  if (tunnel_) {
    count =
        co_await tunnel_->async_read_some(room, asio::redirect_error(asio::use_awaitable, error));
  } else {
    count = co_await plain_.async_read_some(room, asio::redirect_error(asio::use_awaitable, error));
  }
  buffer_.commit(count);
  bytes_ += count;
  if (closed_) fail(error, "reading", true);
  if (count > 0) co_return true;
  // An end without TLS's farewell is an end: HTTP itself says whether the answer is whole.
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return false;
  if (error) fail(error, "reading", true);
  co_return true;
}

void Connection::Impl::feed(AnswerParser& parser) {
  Code error;
  const std::size_t used = parser.put(buffer_.data(), error);
  buffer_.consume(used);
  if (!error || error == beast::http::error::need_more) return;
  const bool large = error == beast::http::error::header_limit;
  throw Failure(large ? Kind::too_large : Kind::malformed,
                endpoint_.authority() + ": not an answer: " + error.message(), true);
}

Awaitable<Response> Connection::Impl::exchange(std::string wire, bool head_only, Reading reading) {
  reusable_ = answered_ = false;
  co_await write(wire, reading.head_until);
  for (;;) {
    AnswerParser parser(bounds_, reading.line);
    parser.skip(head_only);
    if (buffer_.size() > 0) feed(parser);
    while (!parser.is_done()) {
      Instant until = parser.is_header_done() ? reading.body_until : reading.head_until;
      if (parser.is_header_done() && parser.streams()) {
        until = std::chrono::steady_clock::now() + reading.silence;
      }
      const bool more = co_await read(until);
      answered_ = answered_ || more;
      if (more) {
        feed(parser);
        continue;
      }
      Code error = beast::http::error::partial_message;
      if (parser.got_some()) parser.put_eof(error);
      if (error) fail(asio::error::eof, "reading", true);
    }
    const int status = parser.response.status;
    if (status >= 100 && status < 200 && status != 101) continue;  // the answer is yet to come
    if (!parser.whole_lines()) fail(asio::error::eof, "reading a line", true);
    reusable_ = parser.keep_alive() && buffer_.size() == 0 && !closed_;
    used_ = std::chrono::steady_clock::now();
    co_return std::move(parser.response);
  }
}

Connection::Connection(asio::any_io_executor executor, const Endpoint& endpoint, SSL_CTX* context,
                       const Bounds& bounds)
    : impl_(std::make_shared<Impl>(std::move(executor), endpoint, context, bounds)) {}
Connection::~Connection() { impl_->close(); }
Awaitable<void> Connection::open(Instant until) { return impl_->open(until); }
Awaitable<Response> Connection::exchange(std::string wire, bool head_only, Reading reading) {
  return impl_->exchange(std::move(wire), head_only, reading);
}
void Connection::close() { impl_->close(); }
bool Connection::reusable() const { return impl_->reusable_; }
bool Connection::answered() const { return impl_->answered_; }
std::uint64_t Connection::bytes() const { return impl_->bytes_; }
Instant Connection::used() const { return impl_->used_; }

}  // namespace thaw::http
