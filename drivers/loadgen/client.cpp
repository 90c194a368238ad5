#include "drivers/loadgen/client.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "drivers/http/failure.hpp"
#include "drivers/loadgen/loadgen.hpp"

namespace thaw::loadgen {
namespace {

Connection::Tcp::endpoint look_up(const boost::asio::any_io_executor& executor,
                                  const Target& target) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(target.host, error);
  if (!error) return {address, target.port};
  Connection::Tcp::resolver resolver(executor);
  const auto found = resolver.resolve(target.host, std::to_string(target.port), error);
  if (error || found.empty())
    throw http::Failure(http::Failure::Kind::resolve,
                        "the gateway " + target.host + " has no address: " + error.message());
  return *found.begin();
}

// A connection each for thousands of calls. What is not granted shows as calls without one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Client::Client(boost::asio::any_io_executor executor, const Target& target, Owner& owner)
    : executor_(std::move(executor)), owner_(owner), where_(look_up(executor_, target)) {
  raise_descriptor_limit();
}

void Client::call(std::uint32_t id, std::string bytes, bool idempotent) {
  if (calls_.size() <= id) calls_.resize(id + std::size_t{1});
  calls_[id] = {nullptr, idempotent, false, true, std::move(bytes)};
  queue_.push_back(id);
  ++waiting_;
  if (idle_.empty()) return open_more();
  Connection& connection = *idle_.back();
  idle_.pop_back();
  idle_at_least_ = std::min(idle_at_least_, idle_.size());
  give(connection);
}

Connection& Client::open() {
  all_.push_back(std::make_shared<Connection>(executor_, *this));
  all_.back()->place = all_.size() - 1;
  all_.back()->connect(where_);
  return *all_.back();
}

void Client::open_more() {
  while (connecting_.size() < std::min(kMostConnecting, waiting_))
    connecting_.push_back({&open(), looks_});
}

std::optional<std::uint32_t> Client::next() {
  while (!queue_.empty()) {
    const std::uint32_t id = queue_.front();
    queue_.pop_front();
    if (!std::exchange(calls_[id].waits, false)) continue;
    --waiting_;
    return id;
  }
  return std::nullopt;
}

void Client::give(Connection& connection) {
  const auto id = next();
  if (!id) return idle_.push_back(&connection);
  calls_[*id].by = &connection;
  connection.call(*id, std::move(calls_[*id].bytes));
}

void Client::opened(Connection& connection) {
  std::erase_if(connecting_, [&](const Connecting& c) { return c.one == &connection; });
  give(connection);
  open_more();
}

// No connection came about: who waits the longest is told.
void Client::give_up_next() {
  if (const auto id = next()) owner_.ended(*id, Connection::End::unopened);
  open_more();
}

void Client::drop(Connection& connection) {
  const std::size_t place = connection.place;
  connection.close();
  std::swap(all_[place], all_.back());
  all_[place]->place = place;
  all_.pop_back();
}

void Client::abort(std::uint32_t id) {
  Made& made = calls_[id];
  if (std::exchange(made.waits, false)) {
    --waiting_;
    made.bytes = {};
  }
  if (Connection* const by = std::exchange(made.by, nullptr)) drop(*by);
}

void Client::ended(Connection& connection, Connection::End end) {
  using End = Connection::End;
  const std::uint32_t id = connection.id();
  Made& made = calls_[id];
  const bool lost = end == End::unwritten || (end == End::unheard && made.idempotent);
  if (lost && connection.used() && !std::exchange(made.again, true)) {
    std::string bytes = connection.take_call();
    drop(connection);
    made.by = &open();
    return made.by->call(id, std::move(bytes));
  }
  made.by = nullptr;
  if (connection.idle()) {
    give(connection);
  } else {
    drop(connection);
  }
  owner_.ended(id, end);
}

void Client::closed(Connection& connection) {
  const auto opens =
      std::erase_if(connecting_, [&](const Connecting& c) { return c.one == &connection; });
  std::erase(idle_, &connection);
  idle_at_least_ = std::min(idle_at_least_, idle_.size());
  drop(connection);
  if (opens > 0) give_up_next();
}

void Client::look() {
  ++looks_;
  // In order of their age.
  while (!connecting_.empty() && looks_ - connecting_.front().since > kConnectWithin)
    closed(*connecting_.front().one);
  if (looks_ % kIdleFor == 0) close_idle();
}

void Client::close_idle() {
  const auto kept = idle_.begin() + static_cast<std::ptrdiff_t>(idle_at_least_);
  for (auto one = idle_.begin(); one != kept; ++one) drop(**one);
  idle_.erase(idle_.begin(), kept);
  idle_at_least_ = idle_.size();
}

void Client::stop() {
  for (const auto& connection : all_) connection->close();
  all_.clear();
  idle_.clear();
  connecting_.clear();
  queue_.clear();
  calls_.clear();
  idle_at_least_ = waiting_ = 0;
}

}  // namespace thaw::loadgen
