// The rest of a request's body goes up while the answer may already come down.
#include "drivers/gateway/call.hpp"
// After the header that mends Asio's.
#include <boost/asio/co_spawn.hpp>

namespace thaw::gateway {
namespace {

constexpr Duration kGoesOn = std::chrono::seconds(2);

}  // namespace

// Runs a coroutine beside this one, until end_upload().
void Call::join(Awaitable<void> beside) {
  uploading_ = true;
  boost::asio::co_spawn(core_.executor, std::move(beside), [this](std::exception_ptr) {
    uploading_ = false;
    uploaded_.wake();
  });
}

Awaitable<void> Call::begin_upload() {
  if (caller_.body.done()) co_return;
  // A replica is there and will get the body: who asked before sending it is told so now.
  if (caller_.head.expects_continue && first_.taken == 0) {
    Pieces pieces;
    pieces.add("HTTP/1.1 100 Continue\r\n\r\n");
    const End end = co_await caller_.write(pieces);
    if (end != End::well) stop(Stop::gone);
  }
  join(upload());
}

Awaitable<void> Call::upload() {
  Buffer& in = caller_.in;
  BodyReader& body = caller_.body;
  while (!body.done() && upload_ == Upload::well) {
    in.make_room(kReadAtLeast, kReadAtMost);
    const Instant until = now() + core_.settings.stall;
    const Channel::Read read = co_await caller_.channel.read(in.free(), in.room(), until);
    if (stop_upload_ || stop_ != Stop::none) co_return;
    if (read.end == End::late) {
      upload_ = Upload::stalled;
    } else if (read.end != End::well) {
      stop(Stop::gone);
      co_return;
    } else {
      co_await send_part(read.bytes);
    }
  }
  // Its answer to half a request is nobody's.
  if (upload_ != Upload::well && upload_ != Upload::refused) upstream_->channel.cut();
}

// Bytes that came into the buffer's free part.
Awaitable<void> Call::send_part(std::size_t bytes) {
  Buffer& in = caller_.in;
  BodyReader& body = caller_.body;
  in.add(bytes);
  const BodyReader::Step step = body.feed(in.data(), in.size());
  if (body.state() == BodyReader::State::malformed) upload_ = Upload::malformed;
  if (body.state() == BodyReader::State::too_large) upload_ = Upload::too_large;
  if (upload_ != Upload::well) co_return;
  Pieces pieces;
  pieces.add_body({in.data(), step.body}, caller_.head.framing, body.done());
  const std::optional<End> written = upstream_->channel.write_now(pieces);
  End end = written.value_or(End::well);
  if (!written) end = co_await upstream_->channel.write_rest(pieces, kNever);
  in.drop(step.taken);
  // It may have answered before it hung up: that is for who reads the answer.
  if (end != End::well) upload_ = Upload::refused;
}

Awaitable<void> Call::end_upload() {
  if (!uploading_) co_return;
  // A replica may answer before it has read all. The rest still goes up for a while, so that
  // neither connection need be closed.
  if (answered_ && caller_.keep && !caller_.answer.close) {
    core_.wheel.set(*this, now() + kGoesOn);
    co_await uploaded_.sleep();
    if (!uploading_) co_return;
  }
  stop_upload_ = true;
  caller_.channel.interrupt();
  if (upstream_) upstream_->channel.cut();
  co_await uploaded_.sleep();
}

// What the caller sent is no body, or not to be had. Nothing of an answer was sent.
Awaitable<void> Call::refuse_upload() {
  drop_request();
  caller_.read_all = false;
  switch (upload_) {
    case Upload::malformed:
      finish(Outcome::rejected);
      co_await caller_.refuse(400, "the body is not chunked as it says");
      break;
    case Upload::too_large:
      finish(Outcome::rejected);
      co_await caller_.refuse(413, "the body is too large");
      break;
    default:
      finish(Outcome::unfinished);
      co_await caller_.refuse(408, "the body comes too slowly");
  }
}

}  // namespace thaw::gateway
