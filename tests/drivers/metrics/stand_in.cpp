#include "tests/drivers/metrics/stand_in.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace thaw::metrics {

namespace asio = boost::asio;
namespace http_types = boost::beast::http;
using Tcp = asio::ip::tcp;

StandIn::StandIn(asio::io_context& io)
    : acceptor_(io, Tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {
  asio::co_spawn(io, listen(), asio::detached);
}

std::size_t StandIn::asked_for(std::string_view part) const {
  return static_cast<std::size_t>(std::count_if(
      asked_.begin(), asked_.end(),
      [&](const std::string& request) { return request.find(part) != std::string::npos; }));
}

asio::awaitable<void> StandIn::listen() {
  while (true) {
    boost::system::error_code fault;
    Tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return;
    asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> StandIn::serve(Tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  while (true) {
    http_types::request<http_types::string_body> request;
    boost::system::error_code fault;
    co_await http_types::async_read(socket, buffer, request,
                                    asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return;
    asked_.push_back(std::string(request.method_string()) + " " + std::string(request.target()) +
                     (request.body().empty() ? "" : " " + request.body()));
    authorization_ = std::string(request[http_types::field::authorization]);
    Said said{404, "404 page not found"};
    for (const auto& [part, what] : said_) {
      if (asked_.back().find(part) != std::string::npos) said = what;
    }
    http_types::response<http_types::string_body> response;
    response.version(11);
    response.result(said.status);
    response.body() = said.body;
    response.prepare_payload();
    co_await http_types::async_write(socket, response,
                                     asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return;
  }
}

}  // namespace thaw::metrics
