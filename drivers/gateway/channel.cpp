#include "drivers/gateway/channel.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "drivers/http/tcp_options.hpp"

namespace thaw::gateway {
namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;
using Want = http::TlsSession::Want;
using Socket = Channel::Socket;

constexpr std::size_t kRecord = std::size_t{16} << 10;  // the most that TLS puts in one

// What the kernel keeps of an answer that its caller does not read. Left alone it is megabytes, and
// some thousand such callers bring the TCP of the whole machine to a halt.
constexpr int kUnsent = 128 << 10, kUnread = 192 << 10;

}  // namespace

Channel::Channel(Socket socket, Wheel& wheel, std::unique_ptr<http::TlsSession> tls)
    : socket_(std::move(socket)), wheel_(wheel), tls_(std::move(tls)) {
  if (!socket_.is_open()) return;  // connect() will
  const int number = socket_.native_handle();
  http::set_tcp_options(number);
  setsockopt(number, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsent, sizeof kUnsent);
}

void Channel::wait(Instant& which, Instant until) {
  which = until;
  wheel_.set(*this, std::min(read_until_, write_until_));
}

void Channel::expired(Instant now) {
  if (read_until_ <= now) read_until_ = kNever;
  if (write_until_ <= now) write_until_ = kNever;
  interrupt();
}

void Channel::interrupt() {
  read_late_ = write_late_ = true;
  Code ignored;
  socket_.cancel(ignored);
}

void Channel::cut() {
  if (std::exchange(cut_, true)) return;
  Code ignored;
  socket_.cancel(ignored);
}

End Channel::end_of(const Code& wrong, bool late) const {
  if (cut_) return End::cut;
  if (!wrong) return End::well;
  if (wrong == asio::error::operation_aborted && late) return End::late;
  return wrong == asio::error::eof ? End::closed : End::failed;
}

Awaitable<End> Channel::connect(asio::ip::tcp::endpoint to, Instant until) {
  if (cut_) co_return End::cut;
  Code wrong;
  socket_.open(to.protocol(), wrong);
  if (wrong) co_return End::failed;
  const int number = socket_.native_handle();
  http::set_tcp_options(number);
  setsockopt(number, SOL_SOCKET, SO_RCVBUF, &kUnread, sizeof kUnread);
  write_late_ = false;
  wait(write_until_, until);
  co_await socket_.async_connect(to, asio::redirect_error(asio::use_awaitable, wrong));
  wait(write_until_, kNever);
  co_return end_of(wrong, write_late_);
}

Awaitable<End> Channel::wait_for(Want want, const bool& late) {
  Code wrong;
  co_await socket_.async_wait(want == Want::read ? Socket::wait_read : Socket::wait_write,
                              asio::redirect_error(asio::use_awaitable, wrong));
  co_return end_of(wrong, late);
}

Awaitable<End> Channel::shake_hands(Instant until) {
  if (!tls_) co_return End::well;
  read_late_ = false;
  wait(read_until_, until);
  End end = End::well;
  while (end == End::well) {
    const Want want = tls_->shake_hands();
    if (want == Want::nothing) break;
    if (want == Want::read || want == Want::write) {
      end = co_await wait_for(want, read_late_);
    } else {
      end = End::failed;
    }
  }
  wait(read_until_, kNever);
  co_return end;
}

Awaitable<Channel::Read> Channel::read(char* to, std::size_t size, Instant until) {
  Read read;
  if (cut_) {
    read.end = End::cut;
    co_return read;
  }
  read_late_ = false;
  wait(read_until_, until);
  if (!tls_) {
    Code wrong;
    read.bytes = co_await socket_.async_read_some(asio::buffer(to, size),
                                                  asio::redirect_error(asio::use_awaitable, wrong));
    read.end = end_of(wrong, read_late_);
  }
  while (tls_ && read.end == End::well) {
    const http::TlsSession::Moved moved = tls_->read(to, size);
    read.bytes = moved.bytes;
    if (moved.want == Want::nothing) break;
    if (moved.want == Want::read || moved.want == Want::write) {
      read.end = co_await wait_for(moved.want, read_late_);
    } else {
      read.end = moved.want == Want::end ? End::closed : End::failed;
    }
  }
  if (read.end != End::well) read.bytes = 0;
  wait(read_until_, kNever);
  co_return read;
}

std::optional<End> Channel::write_now(Pieces& pieces) {
  if (cut_) return End::cut;
  if (tls_) return write_encrypted(pieces);
  while (!pieces.empty()) {
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.count();
    const ssize_t sent = sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      pieces.written(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wanted_ = Want::write;
      return std::nullopt;
    } else if (errno != EINTR) {
      return End::failed;
    }
  }
  return End::well;
}

std::optional<End> Channel::write_encrypted(Pieces& pieces) {
  while (true) {
    while (!pieces.empty() && plain_.size() < kRecord) {
      const iovec& piece = *pieces.data();
      const std::size_t part = std::min(piece.iov_len, kRecord - plain_.size());
      plain_.append(static_cast<const char*>(piece.iov_base), part);
      pieces.written(part);
    }
    if (plain_written_ == plain_.size()) break;
    const http::TlsSession::Moved moved =
        tls_->write(plain_.data() + plain_written_, plain_.size() - plain_written_);
    plain_written_ += moved.bytes;
    if (moved.want == Want::read || moved.want == Want::write) {
      wanted_ = moved.want;
      return std::nullopt;
    }
    if (moved.want != Want::nothing) return End::failed;
    if (plain_written_ < plain_.size()) continue;
    plain_.clear();
    plain_written_ = 0;
  }
  return End::well;
}

Awaitable<End> Channel::write_rest(Pieces& pieces, Instant until) {
  write_late_ = false;
  wait(write_until_, until);
  End end = End::well;
  while (end == End::well) {
    end = co_await wait_for(wanted_, write_late_);
    if (end != End::well) break;
    const std::size_t before = pieces.size();
    const std::optional<End> written = write_now(pieces);
    if (written) {
      end = *written;
      break;
    }
    if (pieces.size() < before) wait(write_until_, until);
  }
  wait(write_until_, kNever);
  co_return end;
}

void Channel::end_writing() {
  if (tls_) tls_->shut_down();
  Code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Channel::reset_when_closed() {
  // Not by Asio's option: it takes that back when the socket is destroyed.
  const linger at_once{1, 0};
  setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool Channel::quiet() {
  char byte = 0;
  const ssize_t got = recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace thaw::gateway
