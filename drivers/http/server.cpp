#include "drivers/http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <set>
#include <utility>

#include "drivers/http/listen.hpp"

namespace thaw::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

using Message = beast::http::message<false, beast::http::string_body>;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

Request request_of(beast::http::request<beast::http::string_body>&& from) {
  Request request;
  request.method = text(from.method_string());
  request.target = text(from.target());
  for (const auto& field : from)
    request.headers.emplace_back(text(field.name_string()), text(field.value()));
  request.body = std::move(from.body());
  return request;
}

Message message_of(Response&& from, unsigned version, bool keep_alive) {
  Message message;
  message.version(version);
  message.result(static_cast<unsigned>(from.status));
  for (const auto& [name, value] : from.headers) message.set(name, value);
  message.keep_alive(keep_alive);
  message.body() = std::move(from.body);
  message.prepare_payload();
  return message;
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(asio::any_io_executor executor, const std::string& listen, Handler handler,
       ServerBounds bounds)
      : handler_(std::move(handler)),
        bounds_(bounds),
        acceptor_(listen_on(executor, listen)),
        port_(acceptor_.local_endpoint().port()) {}

  void start() {
    asio::co_spawn(acceptor_.get_executor(), accept(shared_from_this()), asio::detached);
  }

  void close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (beast::tcp_stream* stream : streams_) stream->cancel();
  }

  std::uint16_t port() const { return port_; }

 private:
  // `self` keeps everything alive as long as the coroutine.
  static asio::awaitable<void> accept(std::shared_ptr<Impl> self) {
    while (self->acceptor_.is_open()) {
      boost::system::error_code wrong;
      tcp::socket socket =
          co_await self->acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, wrong));
      if (!self->acceptor_.is_open()) co_return;
      if (wrong) {  // out of descriptors, say: others may end meanwhile
        co_await self->pause();
        continue;
      }
      auto stream = std::make_unique<beast::tcp_stream>(std::move(socket));
      asio::co_spawn(self->acceptor_.get_executor(), serve(self, std::move(stream)),
                     asio::detached);
    }
  }

  asio::awaitable<void> pause() {
    asio::steady_timer timer(acceptor_.get_executor(), std::chrono::milliseconds(100));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  static asio::awaitable<void> serve(std::shared_ptr<Impl> self,
                                     std::unique_ptr<beast::tcp_stream> stream) {
    const bool room = self->streams_.size() < self->bounds_.connections;
    self->streams_.insert(stream.get());
    try {
      if (room) {
        co_await self->converse(*stream);
      } else {
        Response busy{503, {{"Retry-After", "1"}}, "too many connections\n"};
        Message message = message_of(std::move(busy), 11, false);
        stream->expires_after(self->bounds_.answer);
        co_await beast::http::async_write(*stream, message, asio::use_awaitable);
      }
    } catch (const std::exception&) {  // the other side's connection, and its trouble
    }
    self->streams_.erase(stream.get());
    boost::system::error_code ignored;
    stream->socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  asio::awaitable<void> converse(beast::tcp_stream& stream) {
    beast::flat_buffer buffer;
    bool keep = true;
    while (keep && acceptor_.is_open()) {
      beast::http::request_parser<beast::http::string_body> parser;
      parser.header_limit(static_cast<std::uint32_t>(bounds_.head));
      parser.body_limit(bounds_.body);
      stream.expires_after(buffer.size() > 0 ? bounds_.request : bounds_.idle);
      boost::system::error_code wrong;
      co_await beast::http::async_read_header(stream, buffer, parser,
                                              asio::redirect_error(asio::use_awaitable, wrong));
      stream.expires_after(bounds_.request);
      if (!wrong)
        co_await beast::http::async_read(stream, buffer, parser,
                                         asio::redirect_error(asio::use_awaitable, wrong));
      if (wrong == beast::http::error::end_of_stream || wrong == beast::error::timeout) co_return;
      Response response{400, {}, "not a request\n"};
      unsigned version = 11;
      keep = false;
      if (wrong == beast::http::error::body_limit || wrong == beast::http::error::header_limit) {
        response = {413, {}, "too large\n"};
      } else if (!wrong) {
        keep = parser.get().keep_alive();
        version = parser.get().version();
        response = co_await answer(request_of(parser.release()));
      }
      Message message = message_of(std::move(response), version, keep);
      stream.expires_after(bounds_.answer);
      co_await beast::http::async_write(stream, message, asio::use_awaitable);
    }
  }

  asio::awaitable<Response> answer(Request request) {
    try {
      Response response = co_await handler_(std::move(request));
      co_return response;
    } catch (const std::exception& error) {
      Response failed{500, {}, std::string(error.what()) + "\n"};
      co_return failed;
    }
  }

  Handler handler_;
  ServerBounds bounds_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::set<beast::tcp_stream*> streams_;
};

Server::Server(asio::any_io_executor executor, const std::string& listen, Handler handler,
               ServerBounds bounds)
    : impl_(std::make_shared<Impl>(std::move(executor), listen, std::move(handler), bounds)) {
  impl_->start();
}

Server::~Server() { close(); }

std::uint16_t Server::port() const { return impl_->port(); }

void Server::close() { impl_->close(); }

}  // namespace thaw::http
