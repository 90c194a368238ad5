#include "tests/live/fault_proxy.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "drivers/http/base64.hpp"
#include "drivers/http/client.hpp"
#include "tests/drivers/loopback_server.hpp"

namespace thaw::live {
namespace {

using loopback::Visit;

constexpr Duration kTick = 20ms;

bool is_watch(const http::Request& request) {
  return request.target.find("watch=1") != std::string::npos;
}

const char* const kGone =
    R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version","reason":"Expired","code":410})";

// What upstream says to a watch, line by line.
struct Told {
  std::deque<std::string> lines;
  std::optional<http::Response> end;
};

}  // namespace

const char* to_text(Fault fault) {
  constexpr const char* kNames[] = {"none",     "reset", "hang",     "error_500",
                                    "throttle", "gone",  "truncate", "slow"};
  return kNames[static_cast<int>(fault)];
}

class FaultProxy::Impl {
 public:
  explicit Impl(const kubernetes::Access& upstream)
      : upstream_(upstream.endpoint),
        authority_("faults"),
        server_(io_, loopback::ServerTls{authority_.issue("fault proxy", {"IP:127.0.0.1"}), ""},
                [this](Visit& visit) { return serve(visit); }),
        thread_([this] { io_.run(); }) {}
  ~Impl() {
    io_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_.port(); }
  std::string certificate() const { return authority_.certificate(); }
  std::vector<SeenRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  std::atomic<Fault> fault = Fault::none;

 private:
  // For a request with a token the proxy has no certificate of its own.
  http::Endpoint endpoint_for(const http::Request& request) const {
    http::Endpoint endpoint = upstream_;
    if (http::find_header(request.headers, "Authorization")) {
      endpoint.tls->certificate.clear();
      endpoint.tls->key.clear();
    }
    return endpoint;
  }

  static http::Request passed_on(const http::Request& request) {
    http::Request copy{request.method, request.target, {}, request.body};
    for (const char* const name : {"Authorization", "Content-Type", "Accept", "User-Agent"}) {
      const auto value = http::find_header(request.headers, name);
      if (value) copy.headers.emplace_back(name, *value);
    }
    return copy;
  }

  Awaitable<void> serve(Visit& visit) {
    const bool watch = is_watch(visit.request);
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(
          {std::chrono::steady_clock::now(), visit.request.method, visit.request.target, watch});
    }
    const Fault now = fault;
    if (now == Fault::reset) {
      visit.reset();
    } else if (now == Fault::hang) {
      while (!visit.gone()) co_await visit.pause(kTick);
      visit.close();
    } else if (now == Fault::error_500) {
      co_await visit.answer(500, R"({"kind":"Status","message":"injected"})");
    } else if (now == Fault::throttle) {
      co_await visit.answer(429, R"({"kind":"Status","message":"injected"})", "Retry-After: 1\r\n");
    } else if (now == Fault::gone && watch) {
      co_await visit.answer(410, kGone);
    } else if (watch) {
      co_await relay_watch(visit);
    } else {
      co_await relay(visit);
    }
  }

  Awaitable<void> relay(Visit& visit) {
    http::Client client(io_.get_executor(), endpoint_for(visit.request));
    http::Request request = passed_on(visit.request);
    http::Response response;
    try {
      response = co_await client.send(std::move(request), 30s);
    } catch (const http::Failure& failure) {
      response = {502, {}, failure.what()};
    }
    if (fault == Fault::slow) co_await visit.pause(300ms);
    std::string headers;
    for (const char* const name : {"Content-Type", "Retry-After"}) {
      const auto value = response.header(name);
      if (value) headers += std::string(name) + ": " + std::string(*value) + "\r\n";
    }
    co_await visit.answer(response.status, std::move(response.body), std::move(headers));
  }

  static Awaitable<void> listen(std::shared_ptr<http::Client> client, http::Request request,
                                std::shared_ptr<Told> told) {
    http::Client::Line keep = [told](std::string_view line) { told->lines.emplace_back(line); };
    try {
      told->end = co_await client->stream(std::move(request), 30s, 1h, std::move(keep));
    } catch (const http::Failure& failure) {
      told->end = http::Response{502, {}, failure.what()};
    }
  }

  Awaitable<void> relay_watch(Visit& visit) {
    const auto client =
        std::make_shared<http::Client>(io_.get_executor(), endpoint_for(visit.request));
    const auto told = std::make_shared<Told>();
    boost::asio::co_spawn(io_, listen(client, passed_on(visit.request), told),
                          boost::asio::detached);
    for (int tick = 0; tick < 10 && told->lines.empty() && !told->end; ++tick) {
      co_await visit.pause(kTick);
    }
    if (told->end && !told->end->ok()) {
      co_await visit.answer(told->end->status, told->end->body);
    } else {
      co_await visit.begin_chunks();
      co_await pass_lines(visit, *told);
    }
    client->close();
  }

  Awaitable<void> pass_lines(Visit& visit, Told& told) {
    while (!visit.gone()) {
      const Fault now = fault;
      if (now == Fault::none || now == Fault::slow) {
        if (told.lines.empty() && told.end) break;
        if (told.lines.empty()) {
          co_await visit.pause(kTick);
          continue;
        }
        const std::string line = told.lines.front() + "\n";
        told.lines.pop_front();
        co_await pass(visit, line, now == Fault::slow ? 200 : line.size());
      } else if (now == Fault::hang) {
        co_await visit.pause(kTick);
      } else {
        co_await end_badly(visit, now);
        co_return;
      }
    }
    co_await visit.end_chunks();
  }

  static Awaitable<void> pass(Visit& visit, std::string text, std::size_t piece) {
    for (std::size_t at = 0; at < text.size(); at += piece) {
      if (at > 0) co_await visit.pause(kTick);
      co_await visit.chunk(text.substr(at, piece));
    }
  }

  static Awaitable<void> end_badly(Visit& visit, Fault now) {
    if (now == Fault::reset) {
      visit.reset();
    } else if (now == Fault::truncate) {
      co_await visit.chunk(R"({"type":"MODIFIED","object":{"kind":"Po)");
      visit.close();
    } else if (now == Fault::gone) {
      co_await visit.chunk(std::string(R"({"type":"ERROR","object":)") + kGone + "}\n");
      co_await visit.end_chunks();
    } else {
      co_await visit.end_chunks();
    }
  }

  boost::asio::io_context io_;
  http::Endpoint upstream_;
  loopback::Authority authority_;
  loopback::LoopbackServer server_;
  mutable std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::thread thread_;
};

FaultProxy::FaultProxy(const kubernetes::Access& upstream)
    : impl_(std::make_unique<Impl>(upstream)) {}
FaultProxy::~FaultProxy() = default;

void FaultProxy::inject(Fault fault) { impl_->fault = fault; }
std::vector<SeenRequest> FaultProxy::requests() const { return impl_->requests(); }

kubernetes::Access FaultProxy::access(const std::string& token) const {
  kubernetes::Access access;
  access.endpoint.host = "127.0.0.1";
  access.endpoint.port = impl_->port();
  access.endpoint.tls->ca = impl_->certificate();
  if (!token.empty()) access.credentials = kubernetes::StaticToken{token};
  return access;
}

void FaultProxy::write_kubeconfig(const std::string& path, const std::string& token) const {
  const std::string user = token.empty() ? "{}" : "{token: " + token + "}";
  std::ofstream(path) << "apiVersion: v1\nkind: Config\ncurrent-context: faults\n"
                      << "contexts: [{name: faults, context: {cluster: faults, user: faults}}]\n"
                      << "users: [{name: faults, user: " << user << "}]\n"
                      << "clusters: [{name: faults, cluster: {server: \"https://127.0.0.1:"
                      << impl_->port()
                      << "\", certificate-authority-data: " << http::to_base64(impl_->certificate())
                      << "}}]\n";
}

}  // namespace thaw::live
