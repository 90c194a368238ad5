#include "drivers/http/client.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "drivers/http/connection.hpp"
#include "drivers/http/tls_context.hpp"

namespace thaw::http {
namespace {

Instant after(Duration within) { return std::chrono::steady_clock::now() + within; }

bool is_safe(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// Nothing that came from a file or a program may become a header of its own.
std::string wire_of(const Request& request, const Endpoint& endpoint) {
  bool well_formed = is_one_line(request.target) && request.target.find(' ') == std::string::npos;
  for (const auto& [name, value] : request.headers) {
    well_formed = well_formed && is_one_line(name) && is_one_line(value);
  }
  if (!well_formed) throw Failure(Failure::Kind::malformed, "a request of broken lines");
  std::string wire = request.method + " " + endpoint.base_path + request.target + " HTTP/1.1\r\n";
  wire += "Host: " + endpoint.authority() + "\r\n";
  for (const auto& [name, value] : request.headers) wire += name + ": " + value + "\r\n";
  if (!request.body.empty() || !is_safe(request)) {
    wire += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return wire + "\r\n" + request.body;
}

}  // namespace

class Client::Impl {
 public:
  Impl(boost::asio::any_io_executor executor, Endpoint endpoint, Bounds bounds)
      : executor_(std::move(executor)), endpoint_(std::move(endpoint)), bounds_(bounds) {
    if (endpoint_.tls) context_ = make_tls_context(*endpoint_.tls);
  }

  // Holds `self`, so that a Client may go while its calls are still being ended.
  static Awaitable<Response> exchange(std::shared_ptr<Impl> self, Request request,
                                      Instant open_until, Connection::Reading reading);
  void close() {
    closed_ = true;
    idle_.clear();
    for (Connection* const connection : busy_) connection->close();
  }

  const Endpoint& endpoint() const { return endpoint_; }
  Traffic traffic;

 private:
  // A connection in use; it goes back to the idle ones where it can be used again.
  class Use {
   public:
    Use(Impl& client, std::unique_ptr<Connection> connection)
        : client_(client), connection_(std::move(connection)), bytes_(connection_->bytes()) {
      client_.busy_.push_back(connection_.get());
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() {
      std::erase(client_.busy_, connection_.get());
      client_.traffic.bytes_in += connection_->bytes() - bytes_;
      if (!connection_->reusable() || client_.closed_) return;
      auto& idle = client_.idle_;
      if (idle.size() >= client_.bounds_.idle_connections) idle.erase(idle.begin());
      idle.push_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Impl& client_;
    std::unique_ptr<Connection> connection_;
    std::uint64_t bytes_;
  };

  std::unique_ptr<Connection> take_idle() {
    const Instant oldest = std::chrono::steady_clock::now() - bounds_.idle;
    std::erase_if(idle_, [&](const auto& connection) { return connection->used() < oldest; });
    if (idle_.empty()) return nullptr;
    std::unique_ptr<Connection> youngest = std::move(idle_.back());
    idle_.pop_back();
    return youngest;
  }

  Awaitable<Response> exchange_once(const Request& request, bool kept, Instant open_until,
                                    Connection::Reading reading, bool& stale);

  boost::asio::any_io_executor executor_;
  Endpoint endpoint_;
  Bounds bounds_;
  TlsContext context_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<Connection*> busy_;
  bool closed_ = false;
};

// `stale`: a kept connection turned out to be dead before it answered anything.
Awaitable<Response> Client::Impl::exchange_once(const Request& request, bool kept,
                                                Instant open_until, Connection::Reading reading,
                                                bool& stale) {
  std::unique_ptr<Connection> connection = kept ? take_idle() : nullptr;
  const bool reused = connection != nullptr;
  if (!reused) {
    connection = std::make_unique<Connection>(executor_, endpoint_, context_.get(), bounds_);
  }
  const Use use(*this, std::move(connection));
  if (!reused) {
    ++traffic.connections;
    co_await use->open(open_until);
  }
  std::string wire = wire_of(request, endpoint_);
  ++traffic.requests;
  try {
    co_return co_await use->exchange(std::move(wire), request.method == "HEAD", reading);
  } catch (const Failure& failure) {
    stale = reused && !use->answered() && failure.kind() == Failure::Kind::closed && !closed_;
    throw;
  }
}

Awaitable<Response> Client::Impl::exchange(std::shared_ptr<Impl> self, Request request,
                                           Instant open_until, Connection::Reading reading) {
  bool stale = false;
  try {
    if (self->closed_) throw Failure(Failure::Kind::closed, "this client is closed");
    co_return co_await self->exchange_once(request, true, open_until, reading, stale);
  } catch (const Failure&) {
    if (!stale || !is_safe(request)) {
      ++self->traffic.failures;
      throw;
    }
  }
  try {
    co_return co_await self->exchange_once(request, false, open_until, reading, stale);
  } catch (const Failure&) {
    ++self->traffic.failures;
    throw;
  }
}

Client::Client(boost::asio::any_io_executor executor, Endpoint endpoint, Bounds bounds)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(endpoint), bounds)) {}
Client::~Client() { close(); }

Awaitable<Response> Client::send(Request request, Duration within) {
  const Instant until = after(within);
  return Impl::exchange(impl_, std::move(request), until, {until, until});
}

Awaitable<Response> Client::stream(Request request, Duration head_within, Duration silence,
                                   Line line) {
  const Instant until = after(head_within);
  // The line outlives the call as the coroutine's own.
  const auto told = std::make_unique<Line>(std::move(line));
  co_return co_await Impl::exchange(impl_, std::move(request), until,
                                    {until, until, told.get(), silence});
}

void Client::close() { impl_->close(); }
const Endpoint& Client::endpoint() const { return impl_->endpoint(); }
const Traffic& Client::traffic() const { return impl_->traffic; }

}  // namespace thaw::http
