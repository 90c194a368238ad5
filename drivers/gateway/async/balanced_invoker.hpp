// Calls of functions for delivery: a place from the gateway's Balancer, then HTTP to its replica.
//
// Calls with a caller who waits go first: where one waits for a place, or none is free, a delivery
// looks again every 20 ms for a second, and then has not begun. A delivery counts in the function's
// traffic as any call does. Only `answer` bytes of an answer are kept; the rest is read and
// dropped. Threads: the gateway's own. Errors: none; see Outcome.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <map>
#include <memory>

#include "drivers/gateway/async/invoker.hpp"
#include "drivers/gateway/balancer.hpp"
#include "drivers/http/client.hpp"

namespace thaw::gateway::async {

class BalancedInvoker final : public Invoker {
 public:
  BalancedInvoker(boost::asio::any_io_executor executor, Balancer& balancer,
                  std::size_t answer = std::size_t{256} << 10);

  std::optional<FunctionName> find(std::string_view name) const override;
  const Route* route(const FunctionName& function) const override;
  Awaitable<Outcome> invoke(FunctionName function, http::Request request, Duration within) override;
  void close();  // calls that are on end without an answer

 private:
  struct Peer {
    std::shared_ptr<http::Client> client;
    Instant used;
  };
  Awaitable<Place> take(std::shared_ptr<Function> function);
  std::shared_ptr<http::Client> client_of(const Place& place, Instant now);

  boost::asio::any_io_executor executor_;
  Balancer& balancer_;
  http::Bounds bounds_;
  std::map<std::uint64_t, Peer> peers_;  // by the Balancer's number of a replica
  bool closed_ = false;
};

}  // namespace thaw::gateway::async
