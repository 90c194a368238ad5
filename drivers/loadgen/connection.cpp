#include "drivers/loadgen/connection.hpp"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "drivers/http/tcp_options.hpp"

namespace thaw::loadgen {
namespace {

using Error = boost::system::error_code;

// So that one connection does not keep the others waiting.
constexpr int kReadsInARow = 4;

}  // namespace

Connection::Connection(const boost::asio::any_io_executor& executor, Owner& owner)
    : socket_(executor), owner_(&owner) {}

// The owner outlives its turn, this connection need not.
template <class What>
void Connection::in_turn(const What& what) {
  if (!owner_) return;
  Owner& owner = *owner_;
  const auto turn = owner.begin_turn();
  if (owner_) what();
  owner.end_turn();
}

void Connection::connect(const Tcp::endpoint& where) {
  Error error;
  socket_.open(where.protocol(), error);
  if (!error) socket_.non_blocking(true, error);
  const auto self = shared_from_this();
  const auto then = [self](const Error& outcome) {
    self->in_turn([&] { self->opened(!outcome); });
  };
  if (error) return boost::asio::post(socket_.get_executor(), [then, error] { then(error); });
  http::set_tcp_options(socket_.native_handle());
  socket_.async_connect(where, then);
}

void Connection::opened(bool well) {
  if (!well) return fail(End::unopened);
  open_ = true;
  wait_to_read();
  if (calling_) return write();
  owner_->opened(*this);
}

void Connection::call(std::uint32_t id, std::string bytes) {
  id_ = id;
  out_ = std::move(bytes);
  sent_ = 0;
  calling_ = true;
  heard_ = in_body_ = false;
  head_.clear();
  head_end_.reset();
  if (open_) write();
}

void Connection::close() {
  owner_ = nullptr;
  open_ = calling_ = false;
  Error ignored;
  socket_.close(ignored);
}

void Connection::write() {
  while (sent_ < out_.size()) {
    const ssize_t count = ::send(socket_.native_handle(), out_.data() + sent_, out_.size() - sent_,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      sent_ += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    // Why it broke, and maybe an answer, is for reading to find.
    if (errno != EAGAIN && errno != EWOULDBLOCK) return;
    if (std::exchange(writing_, true)) return;
    return socket_.async_wait(Tcp::socket::wait_write,
                              [self = shared_from_this()](const Error& error) {
                                self->writing_ = false;
                                if (!error && self->owner_ && self->calling_) self->write();
                              });
  }
}

void Connection::wait_to_read() {
  socket_.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](const Error&) {
    self->in_turn([&] { self->read(); });
  });
}

void Connection::read() {
  char* const scratch = owner_->scratch();
  for (int i = 0; i < kReadsInARow; ++i) {
    const ssize_t count = ::recv(socket_.native_handle(), scratch, kScratch, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count <= 0) {
      if (count == 0 && in_body_ && body_.ends_with_the_connection()) return answered(false);
      if (heard_) return fail(End::cut);
      return fail(sent_ == 0 ? End::unwritten : End::unheard);
    }
    if (!take(scratch, static_cast<std::size_t>(count))) return;
    if (static_cast<std::size_t>(count) < kScratch) break;
  }
  wait_to_read();
}

bool Connection::take(char* bytes, std::size_t size) {
  if (!calling_) {  // nobody asked
    fail(End::malformed);
    return false;
  }
  heard_ = true;
  return in_body_ ? take_body(bytes, size) : take_head(bytes, size);
}

bool Connection::take_head(char* bytes, std::size_t size) {
  head_.append(bytes, size);
  while (true) {
    const gateway::HeadEnd::State state = head_end_.look(head_);
    const bool whole = state == gateway::HeadEnd::State::whole;
    const std::size_t length = whole ? head_end_.size() : head_.size();
    if (state == gateway::HeadEnd::State::malformed || length > kMostHead) break;
    if (!whole) return true;
    if (gateway::parse(std::string_view(head_).substr(0, length), false, answer_)) break;
    if (answer_.status == 101) break;
    if (answer_.status < 200) {  // something that goes before the answer
      head_.erase(0, length);
      head_end_.reset();
      continue;
    }
    in_body_ = true;
    body_.begin(answer_.framing, answer_.length);
    owner_->head_came(*this, answer_);
    return owner_ && take_body(head_.data() + length, head_.size() - length);
  }
  fail(End::malformed);
  return false;
}

bool Connection::take_body(char* bytes, std::size_t size) {
  while (size > 0 && !body_.done()) {
    const gateway::BodyReader::Step step = body_.feed(bytes, size);
    if (step.body > 0) owner_->body_came(*this, {bytes, step.body});
    if (!owner_) return false;
    if (body_.state() != gateway::BodyReader::State::more && !body_.done()) {
      fail(End::malformed);
      return false;
    }
    bytes += step.taken;
    size -= step.taken;
  }
  if (!body_.done() || body_.ends_with_the_connection()) return true;
  const bool lasts = !answer_.close && answer_.minor == 1 && size == 0 && sent_ == out_.size();
  answered(lasts);
  return lasts && owner_;
}

void Connection::answered(bool lasts) {
  calling_ = false;
  used_ = true;
  Owner& owner = *owner_;
  if (!lasts) open_ = false;
  owner.ended(*this, End::answered);
}

void Connection::fail(End end) {
  const bool called = std::exchange(calling_, false);
  open_ = false;
  if (called) {
    owner_->ended(*this, end);
  } else {
    owner_->closed(*this);
  }
}

}  // namespace thaw::loadgen
