#include "tests/drivers/metrics/stand_in.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace thaw::metrics {

namespace asio = boost::asio;
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

Awaitable<void> StandIn::listen() {
  while (true) {
    boost::system::error_code fault;
    Tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return;
    asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
  }
}

StandIn::Said StandIn::answer(const std::string& asked) const {
  Said said{404, "404 page not found"};
  for (const auto& [part, what] : said_) {
    if (asked.find(part) != std::string::npos) said = what;
  }
  return said;
}

Awaitable<void> StandIn::serve(Tcp::socket socket) {
  std::string read;
  boost::system::error_code fault;
  const auto told = [&] { return asio::redirect_error(asio::use_awaitable, fault); };
  while (true) {
    const std::size_t head =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(read), "\r\n\r\n", told());
    if (fault) co_return;
    const auto field = [&](std::string_view name) {
      const std::size_t at = read.find("\r\n" + std::string(name) + ": ");
      if (at >= head) return std::string();
      const std::size_t begin = at + name.size() + 4;
      return read.substr(begin, read.find("\r\n", begin) - begin);
    };
    const std::string length = field("Content-Length");
    const std::size_t whole = head + (length.empty() ? 0 : std::stoul(length));
    if (read.size() < whole) {
      co_await asio::async_read(socket, asio::dynamic_buffer(read),
                                asio::transfer_exactly(whole - read.size()), told());
      if (fault) co_return;
    }
    authorization_ = field("Authorization");
    asked_.push_back(read.substr(0, read.find(" HTTP/1.1")) + (whole > head ? " " : "") +
                     read.substr(head, whole - head));
    read.erase(0, whole);
    const Said said = answer(asked_.back());
    const std::string text = "HTTP/1.1 " + std::to_string(said.status) +
                             " Said\r\nContent-Length: " + std::to_string(said.body.size()) +
                             "\r\n\r\n" + said.body;
    co_await asio::async_write(socket, asio::buffer(text), told());
    if (fault) co_return;
  }
}

}  // namespace thaw::metrics
