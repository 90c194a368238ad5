#include "drivers/gateway/gateway.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "drivers/gateway/call.hpp"
#include "drivers/gateway/caller.hpp"
#include "drivers/gateway/conversation.hpp"
#include "drivers/gateway/core.hpp"
#include "drivers/gateway/watch.hpp"
#include "drivers/http/listen.hpp"
#include "drivers/http/tls_server.hpp"

namespace thaw::gateway {
namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;
using asio::ip::tcp;

constexpr Duration kLastWords = std::chrono::seconds(1);  // for answers at the end of a drain

// Descriptors for that many callers, as many replicas and what else a process has. Where the limit
// cannot be raised so far, fewer callers fit, but two for each connection to a replica: those who
// are held need none.
std::size_t room_for(const Settings& settings) {
  const std::size_t others = settings.kept_connections + 256;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return settings.connections;
  const rlim_t wanted = 2 * settings.connections + others;
  if (limit.rlim_cur < wanted) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= wanted) return settings.connections;
  const std::size_t left = limit.rlim_cur - std::min<rlim_t>(limit.rlim_cur, others);
  return std::clamp<std::size_t>(left * 2 / 3, 16, settings.connections);
}

// As cheaply as can be: whoever is not served costs nobody else anything.
void turn_away(tcp::socket socket, bool encrypted) {
  constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 21\r\n"
      "Connection: close\r\n\r\ntoo many connections\n";
  if (encrypted) return;
  char unread[4096];
  // What is not read makes the kernel send a reset, which may overtake the answer.
  recv(socket.native_handle(), unread, sizeof unread, MSG_DONTWAIT);
  send(socket.native_handle(), kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  Code ignored;
  socket.shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace

class Gateway::Impl {
 public:
  Impl(Settings settings, Hooks hooks)
      : io_(std::make_unique<asio::io_context>(1)),
        core_(std::move(settings), std::move(hooks), io_->get_executor()),
        watch_(core_),
        acceptor_(http::listen_on(io_->get_executor(), core_.settings.listen)),
        port_(acceptor_->local_endpoint().port()) {
    core_.settings.connections = room_for(core_.settings);
    if (!core_.settings.certificate.empty() || !core_.settings.key.empty()) {
      tls_.emplace(core_.settings.certificate, core_.settings.key);
    }
    asio::co_spawn(*io_, accept(), asio::detached);
    asio::co_spawn(*io_, watch(), asio::detached);
    thread_ = std::thread([this] { io_->run(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    io_->stop();
    thread_.join();
    ended_ = true;
    // What waits for another part of the gateway would never be destroyed: it is told to end.
    core_.calls.each([](Call& call) { call.stop(Call::Stop::gone); });
    core_.callers.each([](Caller& caller) { caller.channel.cut(); });
    acceptor_.reset();
    io_->restart();
    io_->poll();
    core_.kept.clear();
    pause_.reset();
    if (core_.hooks.ended) core_.hooks.ended();
    io_.reset();
  }

  std::uint16_t port() const { return port_; }
  asio::any_io_executor executor() { return core_.executor; }
  Balancer& balancer() { return core_.balancer; }

  void route(std::shared_ptr<const Routes> routes) {
    asio::post(*io_, [this, routes = std::move(routes)] {
      core_.routes = routes;
      core_.balancer.route(routes, now());
      watch_.drop_unlisted(now());
    });
  }

  std::vector<Traffic> traffic() {
    if (std::this_thread::get_id() == thread_.get_id()) return traffic_now();
    std::promise<std::vector<Traffic>> promise;
    auto future = promise.get_future();
    asio::post(*io_, [&] { promise.set_value(traffic_now()); });
    return future.get();
  }

  void drain(Duration within) {
    asio::post(*io_, [this] { begin_drain(); });
    std::unique_lock lock(mutex_);
    if (over_.wait_for(lock, within, [&] { return is_over_; })) return;
    lock.unlock();
    asio::post(*io_,
               [this] { core_.calls.each([](Call& call) { call.stop(Call::Stop::drained); }); });
    lock.lock();
    over_.wait_for(lock, kLastWords, [&] { return is_over_; });
  }

 private:
  std::vector<Traffic> traffic_now() const {
    std::vector<Traffic> all;
    const Instant at = now();
    const TimePoint world = core_.hooks.now ? core_.hooks.now() : TimePoint{};
    for (const auto& function : core_.balancer.functions()) {
      all.push_back(function->tally.traffic(at, world));
      all.back().function = function->name();
    }
    return all;
  }

  void begin_drain() {
    if (std::exchange(core_.draining, true)) return;
    // Those whom the kernel has greeted already are served, too.
    Code wrong;
    acceptor_->cancel(wrong);
    acceptor_->non_blocking(true, wrong);
    while (!wrong) {
      tcp::socket socket(*io_);
      acceptor_->accept(socket, wrong);
      if (!wrong) take(std::move(socket));
    }
    acceptor_->close(wrong);
    core_.headless.each([](Caller& caller) {
      if (caller.idle() && caller.channel.quiet()) caller.channel.cut();
    });
  }

  // The one that has been without a whole head for the longest gives way.
  bool make_room() {
    if (core_.connections < core_.settings.connections) return true;
    if (core_.headless.empty()) return false;
    Caller& longest = core_.headless.front();
    longest.Linked<Headless>::unlink();
    longest.channel.cut();
    return true;
  }

  void take(tcp::socket socket) {
    if (!make_room()) return turn_away(std::move(socket), tls_.has_value());
    try {
      auto session = tls_ ? tls_->accept(socket.native_handle()) : nullptr;
      asio::co_spawn(*io_, converse(core_, std::move(socket), std::move(session)), asio::detached);
    } catch (const std::exception& error) {  // no memory, say: the next may find some
      warn(error.what());
    }
  }

  void warn(const std::string& what) {
    if (core_.hooks.warn) core_.hooks.warn(what);
  }

  Awaitable<void> accept() {
    while (acceptor_->is_open()) {
      Code wrong;
      tcp::socket socket =
          co_await acceptor_->async_accept(asio::redirect_error(asio::use_awaitable, wrong));
      if (core_.draining || !acceptor_->is_open()) {
        if (!wrong) take(std::move(socket));
        co_return;
      }
      if (!wrong) {
        take(std::move(socket));
        continue;
      }
      // Out of descriptors, say. Idle connections to replicas hold some; others end meanwhile.
      core_.kept.clear();
      pause_.emplace(*io_, Watch::kEvery);
      co_await pause_->async_wait(asio::redirect_error(asio::use_awaitable, wrong));
    }
  }

  Awaitable<void> watch() {
    asio::steady_timer timer(*io_);
    Instant certificate = now();
    while (true) {
      timer.expires_after(Watch::kEvery);
      co_await timer.async_wait(asio::use_awaitable);
      if (ended_) co_return;
      const Instant at = now();
      watch_.look(at);
      if (tls_ && at - certificate >= core_.settings.certificate_every) {
        certificate = at;
        const std::string wrong = tls_->reread();
        if (!wrong.empty()) warn(wrong);
      }
      if (core_.draining && core_.connections == 0) {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
        over_.notify_all();
      }
    }
  }

  std::unique_ptr<asio::io_context> io_;
  Core core_;
  Watch watch_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> pause_;
  std::uint16_t port_;
  std::optional<http::TlsServer> tls_;
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;  // the drain
  bool ended_ = false;
  std::thread thread_;
};

Gateway::Gateway(Settings settings, Hooks hooks)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(hooks))) {}
Gateway::~Gateway() = default;
std::uint16_t Gateway::port() const { return impl_->port(); }
asio::any_io_executor Gateway::executor() const { return impl_->executor(); }
Balancer& Gateway::balancer() { return impl_->balancer(); }
void Gateway::route(std::shared_ptr<const Routes> routes) { impl_->route(std::move(routes)); }
std::vector<Traffic> Gateway::traffic() const { return impl_->traffic(); }
void Gateway::drain(Duration within) { impl_->drain(within); }

}  // namespace thaw::gateway
