// An upgraded connection: bytes both ways, until both sides end or nothing goes for too long.
#include "drivers/gateway/call.hpp"
#include "drivers/gateway/forward.hpp"

namespace thaw::gateway {
Awaitable<void> Call::tunnel() {
  tunnelled_ = head_sent_ = true;
  caller_.keep = false;
  core_.wheel.set(*this, kNever);  // its time was for the answer
  write_answer(caller_.answer, Answering{Framing::none, false, true}, caller_.out);
  upstream_->in.drop(answer_head_);
  Pieces pieces;
  pieces.add(caller_.out);
  const bool well = co_await pass(pieces);
  if (!well) co_return;
  moved_ = now();
  join(pump(caller_.channel, caller_.in, upstream_->channel));
  co_await pump(upstream_->channel, upstream_->in, caller_.channel);
  if (uploading_) co_await uploaded_.sleep();
  finish(Outcome::completed);
}

// One direction. `through` may hold bytes already.
Awaitable<void> Call::pump(Channel& from, Buffer& through, Channel& to) {
  while (true) {
    Pieces pieces;
    pieces.add(through.view());
    const std::optional<End> written = to.write_now(pieces);
    End end = written.value_or(End::well);
    if (!written) end = co_await to.write_rest(pieces, now() + core_.settings.idle);
    if (end != End::well) break;
    through.clear();
    through.make_room(kReadAtLeast, kReadAtLeast);
    const Channel::Read read =
        co_await from.read(through.free(), through.room(), moved_ + core_.settings.idle);
    if (read.end == End::late && now() < moved_ + core_.settings.idle) continue;  // the other moves
    if (read.end == End::closed) {
      to.end_writing();
      co_return;
    }
    if (read.end != End::well) break;
    through.add(read.bytes);
    moved_ = now();
  }
  from.cut();
  to.cut();
}

}  // namespace thaw::gateway
