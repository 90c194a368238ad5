// The data path: calls of functions over HTTP/1.1, held while there is no replica.
//
//   /function/NAME/PATH, /function/NAME.NAMESPACE/PATH        any method, streamed both ways
//   /async-function/NAME/PATH                                 202 once it is on disk
//   anything else                                             Hooks::pages
//
// A call that finds no ready replica, or none with a free place, waits in its function's queue, in
// order of arrival, until one is there or its time is over; the first that waits tells
// Hooks::wanted at once. A call is sent to the replica with the fewest calls in service, and to
// another only when not a byte of it was sent. Bodies are never kept: what one side does not take
// is not read from the other.
//
// Answers of its own: 400 (not a request; a request that could be read in two ways), 404 (unknown,
// or private and called from outside), 408 (its head or body came too slowly), 413, 414, 417 (an
// Expect that nobody knows), 429 with Retry-After (the function's queue is full), 431, 502 (the
// replica went away, or what it said is no answer), 503 with Retry-After (no replica within the
// function's time; too many connections; draining), 504 (a replica did not answer in time). After
// the head of an answer is sent all that is left is to close. Interim answers go on but for 100,
// which the gateway says itself once a replica is there; trailers and chunks' extensions do not; of
// upgrades websockets alone. A caller that ends its sending while it waits for an answer counts as
// gone, as in Go's servers.
//
// Threads: the gateway has one of its own. route(), traffic() and drain() may be called from any;
// hooks are called on the gateway's own: they do not wait, and only the two that answer may throw.
// Errors: the constructor throws http::Failure when it cannot listen, or has no certificate.
// Sources: RFC 9110, RFC 9112, RFC 6455 (upgrade), W3C Trace Context (passed on as it came).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/gateway/balancer.hpp"
#include "drivers/gateway/routes.hpp"
#include "drivers/gateway/traffic.hpp"
#include "drivers/http/awaitable.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::gateway {

struct Settings {
  std::string listen = "127.0.0.1:0";
  std::string certificate, key;                           // PEM files; both empty: plain HTTP
  Duration certificate_every = std::chrono::seconds(10);  // looks whether the files changed
  std::size_t connections = 20'000;
  std::size_t head = std::size_t{32} << 10;  // bytes of a request's or an answer's head
  std::uint64_t body = std::uint64_t{500} << 20;
  std::uint64_t async_body = std::uint64_t{10} << 20;  // of a call for Hooks::async, kept in memory
  std::size_t bodies = std::size_t{64}
                       << 20;  // of all that are kept in memory at once; beyond: 503
  Duration head_within = std::chrono::seconds(10);  // from its first byte
  Duration idle = std::chrono::seconds(75);         // between calls, and of an upgraded connection
  Duration stall = std::chrono::seconds(60);   // a caller who neither sends nor takes for so long
  Duration connect = std::chrono::seconds(2);  // to a replica
  std::size_t kept_connections = 256;          // idle ones, to all replicas
};

class Gateway {
 public:
  struct Hooks {
    // A call waits and there is no ready replica: told at once, and each second while it waits.
    std::function<void(const FunctionName&)> wanted;
    // What is not a function's path. Its body is read before, 64 KiB at most.
    std::function<Awaitable<http::Response>(http::Request)> pages;
    // A call that needs no answer at once: the function, the rest of the path with its query, and
    // the request with its whole body, Settings::async_body at most. Empty: 404.
    std::function<Awaitable<http::Response>(const FunctionName&, std::string, http::Request)> async;
    std::function<TimePoint()> now;
    // Something that a person has to mend: a certificate that cannot be read again, each time.
    std::function<void(const std::string&)> warn;
    // The loop has run for the last time and is about to go: so must what lives on it. Called by
    // whoever destroys the gateway.
    std::function<void()> ended;
  };
  Gateway(Settings settings, Hooks hooks);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();  // ends at once, whatever is in flight

  std::uint16_t port() const;
  boost::asio::any_io_executor executor() const;  // the gateway's own thread
  Balancer& balancer();                           // on that thread alone
  void route(std::shared_ptr<const Routes> routes);
  std::vector<Traffic> traffic() const;  // as of now, by name
  // Takes no new connection, closes idle ones, answers with Connection: close; returns when all is
  // over, or after `within`.
  void drain(Duration within);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thaw::gateway
