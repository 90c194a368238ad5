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
  Connection* connection = nullptr;
  if (idle_.empty()) {
    connection = &open();
  } else {
    connection = idle_.back();
    idle_.pop_back();
    idle_at_least_ = std::min(idle_at_least_, idle_.size());
  }
  calls_[id] = {connection, idempotent, false};
  connection->call(id, std::move(bytes));
}

Connection& Client::open() {
  all_.push_back(std::make_shared<Connection>(executor_, *this));
  all_.back()->place = all_.size() - 1;
  all_.back()->connect(where_);
  return *all_.back();
}

void Client::drop(Connection& connection) {
  const std::size_t place = connection.place;
  connection.close();
  std::swap(all_[place], all_.back());
  all_[place]->place = place;
  all_.pop_back();
}

void Client::abort(std::uint32_t id) {
  Connection* const by = std::exchange(calls_[id].by, nullptr);
  if (by) drop(*by);
}

bool Client::connecting(std::uint32_t id) const {
  return calls_[id].by && calls_[id].by->connecting();
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
    idle_.push_back(&connection);
  } else {
    drop(connection);
  }
  owner_.ended(id, end);
}

void Client::closed(Connection& connection) {
  std::erase(idle_, &connection);
  idle_at_least_ = std::min(idle_at_least_, idle_.size());
  drop(connection);
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
  idle_at_least_ = 0;
  for (Made& made : calls_) made.by = nullptr;
}

}  // namespace thaw::loadgen
