#include "drivers/gateway/async/callback_client.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <variant>

#include "drivers/http/client.hpp"

namespace thaw::gateway::async {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::vector<std::uint8_t> bytes_of(const asio::ip::address& address) {
  const auto bytes = [](const auto& of) {
    const auto raw = of.to_bytes();
    return std::vector<std::uint8_t>(raw.begin(), raw.end());
  };
  return address.is_v4() ? bytes(address.to_v4()) : bytes(address.to_v6());
}

// One of the host's addresses that all may be posted to; else the failure says why not.
Awaitable<std::string> judged_address(asio::any_io_executor executor, http::Endpoint endpoint,
                                      std::string& problem) {
  tcp::resolver resolver(executor);
  boost::system::error_code error;
  const tcp::resolver::results_type found =
      co_await resolver.async_resolve(endpoint.host, std::to_string(endpoint.port),
                                      asio::redirect_error(asio::use_awaitable, error));
  if (error || found.empty()) {
    problem = endpoint.host + " has no address: " + error.message();
    co_return "";
  }
  for (const auto& entry : found) {
    const asio::ip::address address = entry.endpoint().address();
    if (!may_be_posted_to(bytes_of(address))) {
      problem = endpoint.host + " is at " + address.to_string() + ", where nothing is posted to";
      co_return "";
    }
  }
  co_return found.begin()->endpoint().address().to_string();
}

}  // namespace

Awaitable<Outcome> CallbackClient::post(std::string url, http::Headers headers, std::string body,
                                        Duration within) {
  Outcome outcome;
  auto target = rule_.target(url);
  if (auto* const problem = std::get_if<std::string>(&target)) {
    outcome.failure = std::move(*problem);
    co_return outcome;
  }
  CallbackTarget& to = std::get<CallbackTarget>(target);
  if (!to.vouched) {
    to.endpoint.address = co_await judged_address(executor_, to.endpoint, outcome.failure);
    if (!outcome.failure.empty()) co_return outcome;
  }
  try {
    http::Bounds bounds;
    bounds.body = 0;
    bounds.cut = true;
    http::Client client(executor_, to.endpoint, bounds);
    http::Request request{"POST", std::move(to.path), std::move(headers), std::move(body)};
    const http::Response response = co_await client.send(std::move(request), within);
    outcome.status = response.status;
  } catch (const http::Failure& failure) {
    outcome.timed_out = failure.kind() == http::Failure::Kind::timeout;
    outcome.failure = failure.what();
  }
  co_return outcome;
}

}  // namespace thaw::gateway::async
