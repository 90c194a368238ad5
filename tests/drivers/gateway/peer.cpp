#include "tests/drivers/gateway/peer.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <tuple>
#include <utility>

#include "drivers/http/ascii.hpp"

namespace thaw::gateway {
namespace {

using std::chrono::milliseconds;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool ready(int socket, short what, milliseconds within) {
  pollfd look{socket, what, 0};
  return poll(&look, 1, static_cast<int>(within.count())) > 0;
}

std::pair<int, std::uint16_t> listening(int backlog) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  listen(socket, backlog);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return {socket, ntohs(address.sin_port)};
}

std::string field(const std::string& head, std::string_view name) {
  const std::string small = http::lower(head);
  const std::size_t at = small.find("\r\n" + std::string(name) + ":");
  if (at == std::string::npos) return "";
  const std::size_t begin = head.find_first_not_of(' ', at + name.size() + 3);
  return head.substr(begin, head.find('\r', begin) - begin);
}

}  // namespace

Peer::Peer(int socket) : socket_(socket) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Peer Peer::unconnected() { return Peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

Peer::Peer(std::uint16_t port, int receive_buffer) : Peer(unconnected()) {
  if (receive_buffer > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  connect_to(port);
}

void Peer::connect_to(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "cannot connect: " << std::strerror(errno);
  }
}

Peer::Peer(Peer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      reset_(other.reset_),
      read_(std::move(other.read_)) {}

Peer::~Peer() { close(); }

void Peer::close() {
  if (socket_ < 0) return;
  shutdown(socket_, SHUT_RDWR);  // a replica's has a duplicate
  ::close(std::exchange(socket_, -1));
}

void Peer::end_sending() { shutdown(socket_, SHUT_WR); }

void Peer::reset() {
  const linger now{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(socket_, -1));
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Peer::fill() {
  static const std::string bytes(std::size_t{64} << 10, 'x');
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

bool Peer::more(milliseconds within) {
  if (!ready(socket_, POLLIN, within)) return false;
  char bytes[65536];
  const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
  if (got < 0) reset_ = true;
  if (got <= 0) return false;
  read_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

std::string Peer::read_some(milliseconds within) {
  if (read_.empty()) more(within);
  return std::exchange(read_, "");
}

std::string Peer::read_until(std::string_view mark) {
  std::size_t at = std::string::npos;
  while ((at = read_.find(mark)) == std::string::npos) {
    if (!more(kPatience)) return "";
  }
  std::string part = read_.substr(0, at + mark.size());
  read_.erase(0, part.size());
  return part;
}

std::string Peer::read_to_end() {
  while (more(kPatience)) {
  }
  return std::exchange(read_, "");
}

bool Peer::read_chunks(std::string& body) {
  while (true) {
    const std::string line = read_until("\r\n");
    if (line.empty()) return false;
    const std::size_t size = std::stoul(line, nullptr, 16);
    while (read_.size() < size + 2) {
      if (!more(kPatience)) return false;
    }
    body += read_.substr(0, size);
    read_.erase(0, size + 2);
    if (size == 0) return true;
  }
}

Message Peer::read_message(bool without_body) {
  Message message;
  message.head = read_until("\r\n\r\n");
  if (message.head.empty()) return message;
  const bool answer = message.head.starts_with("HTTP/");
  const int status = answer ? message.status() : 0;
  const std::string length = field(message.head, "content-length");
  if (without_body || (answer && (status < 200 || status == 204 || status == 304))) {
    message.whole = true;
  } else if (!length.empty()) {
    const std::size_t size = std::stoul(length);
    while (read_.size() < size && more(kPatience)) {
    }
    message.whole = read_.size() >= size;
    message.body = read_.substr(0, size);
    read_.erase(0, message.body.size());
  } else if (field(message.head, "transfer-encoding") == "chunked") {
    message.whole = read_chunks(message.body);
  } else if (answer) {
    message.body = read_to_end();
    message.whole = !reset_;
  } else {
    message.whole = true;
  }
  return message;
}

bool Peer::ended() {
  if (!read_.empty()) return false;
  if (!ready(socket_, POLLIN, kPatience)) return false;
  return !more(milliseconds(0));
}

bool Peer::silent(milliseconds length) { return read_.empty() && !ready(socket_, POLLIN, length); }

Origin::Origin() : Origin([this](Peer& peer, int) { echo(peer); }) {}

Origin::Origin(Serve serve) : serve_(std::move(serve)) {
  std::tie(listener_, port_) = listening(1024);
  accepting_ = std::thread([this] { accept(); });
}

Origin::~Origin() {
  stop_listening();
  const std::lock_guard lock(mutex_);
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
}

void Origin::stop_listening() {
  if (over_.exchange(true)) return;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  ::close(listener_);
}

void Origin::accept() {
  while (!over_) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int number = ++connections_;
    const std::lock_guard lock(mutex_);
    // A second descriptor outlives the one that is served: no other's can be shut down by mistake.
    sockets_.push_back(dup(socket));
    threads_.emplace_back([this, socket, number] {
      Peer peer(socket);
      serve_(peer, number);
    });
  }
}

Replica Origin::replica() const { return {"pod-" + std::to_string(port_), "127.0.0.1", port_}; }

void Origin::echo(Peer& peer) {
  while (true) {
    const Message request = peer.read_message();
    if (request.head.empty() || !request.whole) return;
    ++requests_;
    const std::string answer = ok(request.head + request.body);
    if (!peer.send(request.head.starts_with("HEAD ") ? answer.substr(0, answer.find("\r\n\r\n") + 4)
                                                     : answer))
      return;
  }
}

Deaf::Deaf() {
  int listener = -1;
  std::tie(listener, port_) = listening(0);
  sockets_.push_back(listener);
  const sockaddr_in address = loopback(port_);
  for (int i = 0; i < 4; ++i) {
    sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    connect(sockets_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

Deaf::~Deaf() {
  for (const int socket : sockets_) ::close(socket);
}

Replica Deaf::replica() const { return {"deaf", "127.0.0.1", port_}; }

std::string ok(std::string_view body, std::string_view more_fields) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_fields) + "\r\n" + std::string(body);
}

Bench::Bench(const std::function<void(Settings&)>& change,
             const std::function<void(Gateway::Hooks&)>& hook) {
  Settings settings;
  if (change) change(settings);
  Gateway::Hooks hooks;
  hooks.now = [] { return TimePoint{std::chrono::hours(1)}; };
  hooks.wanted = [count = wanted_](const FunctionName&) { ++*count; };
  if (hook) hook(hooks);
  gateway = std::make_unique<Gateway>(std::move(settings), std::move(hooks));
}

void Bench::route(std::vector<Replica> ready, const std::function<void(Route&)>& change) {
  Routes made;
  Route function;
  function.name = {"default", "f"};
  function.ready = std::move(ready);
  if (change) change(function);
  made.functions.push_back(std::move(function));
  routes(std::move(made));
}

void Bench::routes(Routes made) { gateway->route(std::make_shared<const Routes>(std::move(made))); }

Message Bench::ask(std::string_view request) {
  Peer peer = caller();
  peer.send(request);
  return peer.read_message(request.starts_with("HEAD "));
}

Message Bench::get(std::string_view rest) {
  return ask("GET /function/f" + std::string(rest) + " HTTP/1.1\r\nHost: gateway\r\n\r\n");
}

Traffic Bench::traffic() {
  const std::vector<Traffic> all = gateway->traffic();
  return all.empty() ? Traffic{} : all.front();
}

Traffic Bench::traffic_when(const std::function<bool(const Traffic&)>& holds) {
  Traffic seen;
  eventually([&] {
    seen = traffic();
    return holds(seen);
  });
  return seen;
}

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

}  // namespace thaw::gateway
