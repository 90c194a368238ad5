#include "tests/gateway/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace thaw::rigs {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int new_socket() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) refuse("socket");
  return descriptor;
}

// Small writes go at once, and of large ones little waits in the system, whose memory is the
// gateway's, too.
void prepare(int descriptor) {
  const int yes = 1, unsent = 65536;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

}  // namespace

Stream::Stream(Loop& loop, Owner& owner, std::uint16_t port)
    : loop_(loop), owner_(owner), descriptor_(new_socket()), connecting_(true) {
  prepare(descriptor_);
  const sockaddr_in address = loopback(port);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    refuse("connect");
  }
  events_ = EPOLLOUT;
  loop_.watch(descriptor_, events_, *this);
}

Stream::Stream(Loop& loop, Owner& owner, int accepted)
    : loop_(loop), owner_(owner), descriptor_(accepted) {
  prepare(descriptor_);
  events_ = EPOLLIN;
  loop_.watch(descriptor_, events_, *this);
}

void Stream::send(std::string_view bytes) {
  if (!open()) return;
  out_ += bytes;
  if (!connecting_) write();
}

void Stream::finish() {
  finishes_ = true;
  if (open() && !connecting_ && unsent() == 0) shutdown(descriptor_, SHUT_WR);
}

void Stream::read(bool wanted) {
  reads_ = wanted;
  if (open()) watch();
}

void Stream::close() {
  if (!open()) return;
  loop_.forget(descriptor_, *this);
  ::close(std::exchange(descriptor_, -1));
}

void Stream::reset() {
  if (!open()) return;
  const linger none{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close();
}

void Stream::over() {
  if (!open()) return;
  close();
  owner_.ended();
}

void Stream::ready(std::uint32_t events) {
  if (connecting_ && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return over();
    connecting_ = false;
    owner_.opened();
    if (open()) write();
  } else if (events & EPOLLOUT) {
    write();
  }
  if (!open()) return;
  if (reads_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
    take();
  } else if (events & (EPOLLHUP | EPOLLERR)) {
    over();
  }
}

// A failure to send is left to the reading side: an answer may have come before. What is sent after
// it is nobody's.
void Stream::write() {
  const bool had = unsent() > 0 && !broken_;
  while (unsent() > 0 && !broken_) {
    const ssize_t count = ::send(descriptor_, out_.data() + sent_, unsent(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    broken_ = count < 0;
    sent_ += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  if (unsent() == 0 || broken_) {
    out_.clear();
    sent_ = 0;
    if (finishes_) shutdown(descriptor_, SHUT_WR);
  }
  watch();
  if (had && !broken_ && unsent() == 0) owner_.drained();
}

void Stream::take() {
  std::array<char, 65536> buffer;
  while (open() && reads_) {
    const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return over();
    owner_.came({buffer.data(), static_cast<std::size_t>(count)});
    if (static_cast<std::size_t>(count) < buffer.size()) return;
  }
}

void Stream::watch() {
  const std::uint32_t wanted =
      (reads_ && !connecting_ ? EPOLLIN : 0U) | (connecting_ || unsent() > 0 ? EPOLLOUT : 0U);
  if (wanted == events_) return;
  events_ = wanted;
  loop_.change(descriptor_, events_, *this);
}

Listener::Listener(Loop& loop, std::uint16_t port, Accepted accepted)
    : loop_(loop), accepted_(std::move(accepted)), descriptor_(new_socket()) {
  const int yes = 1;
  setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(descriptor_, SOMAXCONN) != 0 ||
      getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    refuse("listen");
  }
  port_ = ntohs(address.sin_port);
  loop_.watch(descriptor_, EPOLLIN, *this);
}

Listener::~Listener() {
  loop_.forget(descriptor_, *this);
  close(descriptor_);
}

void Listener::ready(std::uint32_t) {
  while (true) {
    const int descriptor = accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    accepted_(descriptor);
  }
}

}  // namespace thaw::rigs
