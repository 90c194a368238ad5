#include "tests/drivers/loopback_server.hpp"

#include <openssl/x509.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>

namespace thaw::loopback {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Tunnel = asio::ssl::stream<tcp::socket&>;

tcp::endpoint at(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

void abort(tcp::socket& socket) {
  Code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

std::string name_in(SSL* connection) {
  X509* const certificate = SSL_get1_peer_certificate(connection);
  if (!certificate) return "";
  std::array<char, 128> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  X509_free(certificate);
  return name.data();
}

asio::ssl::context context_of(const ServerTls& tls) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  const auto bytes = [](const std::string& text) { return asio::buffer(text.data(), text.size()); };
  context.use_certificate_chain(bytes(tls.identity.certificate));
  context.use_private_key(bytes(tls.identity.key), asio::ssl::context::pem);
  if (tls.client_authority.empty()) return context;
  context.add_certificate_authority(bytes(tls.client_authority));
  context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  return context;
}

// Head and body of one request out of `text`; false: more is needed.
bool take_request(std::string& text, http::Request& request) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string head = text.substr(0, end + 2);
  http::Request found;
  const std::size_t line = head.find("\r\n"), space = head.find(' ');
  found.method = head.substr(0, space);
  found.target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  for (std::size_t at = line + 2; at < head.size();) {
    const std::size_t stop = head.find("\r\n", at), colon = head.find(": ", at);
    found.headers.emplace_back(head.substr(at, colon - at),
                               head.substr(colon + 2, stop - colon - 2));
    at = stop + 2;
  }
  const auto length = http::find_header(found.headers, "Content-Length");
  const std::size_t size = length ? std::strtoul(std::string(*length).c_str(), nullptr, 10) : 0;
  if (text.size() < end + 4 + size) return false;
  found.body = text.substr(end + 4, size);
  text.erase(0, end + 4 + size);
  request = std::move(found);
  return true;
}

}  // namespace

Awaitable<void> Visit::answer(int status, std::string body, std::string more_headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " -\r\n" + more_headers +
                     "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  co_await write(std::move(text));
}

Awaitable<void> Visit::begin_chunks(int status) {
  std::string text =
      "HTTP/1.1 " + std::to_string(status) + " -\r\nTransfer-Encoding: chunked\r\n\r\n";
  co_await write(std::move(text));
}

Awaitable<void> Visit::chunk(std::string bytes) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  std::string text = size.data() + bytes + "\r\n";
  co_await write(std::move(text));
}

class LoopbackServer::Impl {
 public:
  class Guest final : public Visit {
   public:
    Guest(tcp::socket socket, asio::ssl::context* context) : socket_(std::move(socket)) {
      if (context) tunnel_.emplace(socket_, *context);
    }
    Awaitable<bool> enter() {
      if (!tunnel_) co_return true;
      Code error;
      co_await tunnel_->async_handshake(asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, error));
      if (!error) client_name = name_in(tunnel_->native_handle());
      co_return !error;
    }
    Awaitable<bool> next() {
      while (!take_request(heard_, request)) {
        Code error;
        const auto room = asio::buffer(room_);
        std::size_t count = 0;
        if (tunnel_) {
          count = co_await tunnel_->async_read_some(
              room, asio::redirect_error(asio::use_awaitable, error));
        } else {
          count = co_await socket_.async_read_some(
              room, asio::redirect_error(asio::use_awaitable, error));
        }
        if (error) co_return false;
        heard_.append(room_.data(), count);
      }
      co_return true;
    }
    Awaitable<void> write(std::string bytes) override {
      Code error;  // the client may be gone
      const auto buffer = asio::buffer(bytes);
      if (tunnel_) {
        co_await asio::async_write(*tunnel_, buffer,
                                   asio::redirect_error(asio::use_awaitable, error));
      } else {
        co_await asio::async_write(socket_, buffer,
                                   asio::redirect_error(asio::use_awaitable, error));
      }
    }
    Awaitable<void> pause(Duration length) override {
      Code cancelled;
      asio::steady_timer timer(socket_.get_executor(), length);
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    void reset() override { abort(socket_); }
    void close() override {
      Code ignored;
      socket_.shutdown(tcp::socket::shutdown_both, ignored);
      socket_.close(ignored);
    }
    bool open() const { return socket_.is_open(); }
    bool gone() override {
      // A client that waits for an answer says nothing but farewell.
      std::array<char, 1> letter{};
      if (!socket_.is_open()) return true;
      return recv(socket_.native_handle(), letter.data(), 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
    }

   private:
    tcp::socket socket_;
    std::optional<Tunnel> tunnel_;
    std::string heard_;
    std::array<char, 16'384> room_{};
  };

  Impl(asio::io_context& io, std::optional<ServerTls> tls, Handler handler)
      : handler_(std::move(handler)), acceptor_(io, at(0)) {
    if (tls) context_.emplace(context_of(*tls));
  }

  static Awaitable<void> accept(std::shared_ptr<Impl> self) {
    for (;;) {
      Code error;
      tcp::socket socket =
          co_await self->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return;
      const auto executor = self->acceptor_.get_executor();
      asio::co_spawn(executor, serve(self, std::move(socket)), asio::detached);
    }
  }

  static Awaitable<void> serve(std::shared_ptr<Impl> self, tcp::socket socket) {
    asio::ssl::context* const context = self->context_ ? &*self->context_ : nullptr;
    const auto guest = std::make_shared<Guest>(std::move(socket), context);
    guest->connection = ++self->connections;
    self->guests_.push_back(guest);
    const bool welcome = co_await guest->enter();
    while (welcome && guest->open()) {
      const bool more = co_await guest->next();
      if (!more) break;
      self->log.push_back(guest->request.method + " " + guest->request.target);
      co_await self->handler_(*guest);
    }
  }

  void refuse_all() {
    Code ignored;
    acceptor_.close(ignored);
    for (const auto& guest : guests_) {
      if (const auto here = guest.lock()) here->reset();
    }
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  int connections = 0;
  std::vector<std::string> log;

 private:
  Handler handler_;
  tcp::acceptor acceptor_;
  std::optional<asio::ssl::context> context_;
  std::vector<std::weak_ptr<Guest>> guests_;
};

LoopbackServer::LoopbackServer(asio::io_context& io, std::optional<ServerTls> tls, Handler handler)
    : impl_(std::make_shared<Impl>(io, std::move(tls), std::move(handler))) {
  asio::co_spawn(io, Impl::accept(impl_), asio::detached);
}
LoopbackServer::~LoopbackServer() { impl_->refuse_all(); }
std::uint16_t LoopbackServer::port() const { return impl_->port(); }
int LoopbackServer::connections() const { return impl_->connections; }
const std::vector<std::string>& LoopbackServer::log() const { return impl_->log; }
void LoopbackServer::refuse_all() { impl_->refuse_all(); }

class ConnectProxy::Impl {
 public:
  Impl(asio::io_context& io, std::uint16_t to, int status)
      : acceptor_(io, at(0)), to_(to), status_(status) {}

  static Awaitable<void> accept(std::shared_ptr<Impl> self) {
    for (;;) {
      Code error;
      tcp::socket socket =
          co_await self->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      const auto near = std::make_shared<tcp::socket>(std::move(socket));
      if (error) co_return;
      asio::co_spawn(self->acceptor_.get_executor(), serve(self, near), asio::detached);
    }
  }

  static Awaitable<void> serve(std::shared_ptr<Impl> self, std::shared_ptr<tcp::socket> near) {
    std::string head;
    std::array<char, 1> letter{};
    Code error;
    while (!head.ends_with("\r\n\r\n") && !error) {
      co_await near->async_read_some(asio::buffer(letter),
                                     asio::redirect_error(asio::use_awaitable, error));
      head += letter[0];
    }
    self->heads.push_back(head);
    const std::string answer = "HTTP/1.1 " + std::to_string(self->status_) + " -\r\n\r\n";
    co_await asio::async_write(*near, asio::buffer(answer),
                               asio::redirect_error(asio::use_awaitable, error));
    if (self->status_ != 200) co_return;
    const auto far = std::make_shared<tcp::socket>(near->get_executor());
    co_await far->async_connect(at(self->to_), asio::redirect_error(asio::use_awaitable, error));
    asio::co_spawn(near->get_executor(), pump(far, near), asio::detached);
    co_await pump(near, far);
  }

  static Awaitable<void> pump(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to) {
    std::array<char, 4'096> bytes{};
    Code error;
    while (!error) {
      const std::size_t count = co_await from->async_read_some(
          asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
      const auto part = asio::buffer(bytes.data(), count);
      if (!error) {
        co_await asio::async_write(*to, part, asio::redirect_error(asio::use_awaitable, error));
      }
    }
    Code ignored;
    to->shutdown(tcp::socket::shutdown_both, ignored);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::vector<std::string> heads;

 private:
  tcp::acceptor acceptor_;
  std::uint16_t to_;
  int status_;
};

ConnectProxy::ConnectProxy(asio::io_context& io, std::uint16_t to, int status)
    : impl_(std::make_shared<Impl>(io, to, status)) {
  asio::co_spawn(io, Impl::accept(impl_), asio::detached);
}
std::uint16_t ConnectProxy::port() const { return impl_->port(); }
const std::vector<std::string>& ConnectProxy::heads() const { return impl_->heads; }

}  // namespace thaw::loopback
