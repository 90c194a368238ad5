#include "drivers/gateway/async/balanced_invoker.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace thaw::gateway::async {
namespace {

constexpr Duration kLooksAgain = 20ms, kLooksFor = 1s;
// A server may close a connection that it has not heard from: soon enough that few do before.
constexpr Duration kKept = 1s;
constexpr Duration kPeerKept = 60s;
constexpr Duration kAvoided = 1s;  // a replica that takes no connection

Instant steady_now() { return std::chrono::steady_clock::now(); }

using Ended = gateway::Outcome;

}  // namespace

BalancedInvoker::BalancedInvoker(boost::asio::any_io_executor executor, Balancer& balancer,
                                 std::size_t answer)
    : executor_(std::move(executor)), balancer_(balancer) {
  bounds_.body = answer;
  bounds_.cut = true;
  bounds_.idle = kKept;
}

std::optional<FunctionName> BalancedInvoker::find(std::string_view name) const {
  const auto function = balancer_.find(name);
  if (!function) return std::nullopt;
  return function->name();
}

const Route* BalancedInvoker::route(const FunctionName& name) const {
  const auto function = balancer_.find(name);
  return function && function->known() ? &function->route() : nullptr;
}

Awaitable<Place> BalancedInvoker::take(std::shared_ptr<Function> function) {
  const Instant until = steady_now() + kLooksFor;
  while (!closed_ && function->known() && function->ready() > 0) {
    const Instant now = steady_now();
    Place place = function->take(Taker::delivery, now);
    if (place || now >= until) co_return place;
    boost::asio::steady_timer timer(executor_, kLooksAgain);
    boost::system::error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
  co_return Place();
}

std::shared_ptr<http::Client> BalancedInvoker::client_of(const Place& place, Instant now) {
  std::erase_if(peers_, [&](const auto& peer) {
    return now - peer.second.used > kPeerKept && peer.second.client.use_count() == 1;
  });
  Peer& peer = peers_[place.replica_id()];
  peer.used = now;
  if (!peer.client) {
    http::Endpoint endpoint;
    endpoint.tls.reset();
    endpoint.host = place.replica().address;
    endpoint.port = place.replica().port;
    peer.client = std::make_shared<http::Client>(executor_, std::move(endpoint), bounds_);
  }
  return peer.client;
}

Awaitable<Outcome> BalancedInvoker::invoke(FunctionName name, http::Request request,
                                           Duration within) {
  Outcome outcome;
  const std::shared_ptr<Function> function = balancer_.find(name);
  Place place;
  if (function) place = co_await take(function);
  if (!place) {
    outcome.begun = false;
    co_return outcome;
  }
  const Instant began = steady_now();
  const std::shared_ptr<http::Client> client = client_of(place, began);
  function->tally.arrived(began);
  function->tally.started(began);
  Ended ended = Ended::completed;
  try {
    http::Response response = co_await client->send(std::move(request), within);
    outcome.status = response.status;
    outcome.headers = std::move(response.headers);
    outcome.body = std::move(response.body);
  } catch (const http::Failure& failure) {
    outcome.timed_out = failure.kind() == http::Failure::Kind::timeout;
    outcome.failure = failure.what();
    ended = outcome.timed_out ? Ended::timed_out : Ended::failed;
    if (failure.kind() == http::Failure::Kind::connect) place.avoid(steady_now() + kAvoided);
  }
  const Instant now = steady_now();
  place.give_back();
  function->tally.stopped(now);
  function->tally.ended(now, ended);
  if (ended == Ended::completed) function->tally.completed(outcome.status, now - began);
  co_return outcome;
}

void BalancedInvoker::close() {
  closed_ = true;
  for (auto& [id, peer] : peers_) peer.client->close();
}

}  // namespace thaw::gateway::async
