// The answer's way to the caller.
#include "drivers/gateway/call.hpp"
#include "drivers/gateway/forward.hpp"

namespace thaw::gateway {
namespace {

constexpr int kMostInterim = 16;  // answers of 1xx before the answer

}  // namespace

Awaitable<void> Call::relay_answer() {
  const AnswerHead& answer = caller_.answer;
  for (int interim = 0;; ++interim) {
    bool good = co_await read_answer_head();
    good = good && interim < kMostInterim && (answer.status != 101 || upgrade_);
    if (!good) {
      co_await no_answer();
      co_return;
    }
    if (answer.status == 101) {
      co_await tunnel();
      co_return;
    }
    if (answer.status >= 200) break;
    good = co_await pass_interim();
    if (!good) co_return;
  }
  co_await relay_body();
}

// False: there is none, or none that can be passed on.
Awaitable<bool> Call::read_answer_head() {
  Buffer& in = upstream_->in;
  HeadEnd end;
  HeadEnd::State state = HeadEnd::State::partial;
  while ((state = end.look(in.view())) == HeadEnd::State::partial) {
    if (in.size() >= core_.settings.head || !in.make_room(kReadAtLeast, kReadAtMost))
      co_return false;
    const Channel::Read read = co_await upstream_->channel.read(in.free(), in.room(), kNever);
    if (read.end != End::well) co_return false;
    in.add(read.bytes);
  }
  answer_head_ = end.size();
  if (state == HeadEnd::State::malformed || answer_head_ > core_.settings.head) co_return false;
  const auto refusal = parse(in.view().substr(0, answer_head_), caller_.to_head, caller_.answer);
  co_return !refusal;
}

// 100 was said by us, if anybody asked; others go on, to whom HTTP/1.1 is spoken.
Awaitable<bool> Call::pass_interim() {
  bool well = true;
  if (caller_.answer.status != 100 && caller_.head.minor == 1) {
    write_answer(caller_.answer, Answering{}, caller_.out);
    Pieces pieces;
    pieces.add(caller_.out);
    well = co_await pass(pieces);
  }
  upstream_->in.drop(answer_head_);
  co_return well;
}

// To the caller. False: it takes no more, and the call is over.
Awaitable<bool> Call::pass(Pieces& pieces) {
  if (pieces.empty()) co_return true;
  const std::optional<End> written = caller_.channel.write_now(pieces);
  End end = written.value_or(End::well);
  if (!written) {
    const Instant until = now() + core_.settings.stall;
    end = co_await caller_.channel.write_rest(pieces, until);
  }
  if (end == End::well) co_return true;
  stop(Stop::gone);
  break_off();
  co_return false;
}

// In the middle of an answer there is nothing left to say.
void Call::break_off() {
  caller_.keep = false;
  // To a caller that reads until the end a mere end would look like a whole answer.
  if (out_ == Framing::until_close) caller_.channel.reset_when_closed();
  caller_.channel.cut();
  Outcome outcome = Outcome::failed;
  if (upload_ == Upload::malformed || upload_ == Upload::too_large) outcome = Outcome::rejected;
  if (upload_ == Upload::stalled || stop_ == Stop::gone) outcome = Outcome::unfinished;
  if (stop_ == Stop::late) outcome = Outcome::timed_out;
  finish(outcome);
}

Awaitable<void> Call::relay_body() {
  Buffer& in = upstream_->in;
  coming_.begin(caller_.answer.framing, caller_.answer.length);
  BodyReader::Step step = coming_.feed(in.data() + answer_head_, in.size() - answer_head_);
  if (coming_.state() == BodyReader::State::malformed) {
    co_await no_answer();
    co_return;
  }
  bool going = co_await write_answer_head(step);
  in.drop(answer_head_ + step.taken);
  bool ended = coming_.done();
  while (going && !ended) {
    in.make_room(kReadAtLeast, kReadAtMost);
    const Channel::Read read = co_await upstream_->channel.read(in.free(), in.room(), kNever);
    step = {};
    if (read.end == End::well) {
      in.add(read.bytes);
      step = coming_.feed(in.data(), in.size());
      ended = coming_.done();
    } else {
      ended = read.end == End::closed && coming_.ends_with_the_connection();
    }
    if (coming_.state() == BodyReader::State::malformed || (read.end != End::well && !ended)) {
      break_off();
      co_return;
    }
    Pieces pieces;
    pieces.add_body({in.data(), step.body}, out_, ended);
    going = co_await pass(pieces);
    in.drop(step.taken);
  }
  if (!going) co_return;
  answered_ = true;
  finish(Outcome::completed);
}

// The head, and what came of the body with it, in one write.
Awaitable<bool> Call::write_answer_head(BodyReader::Step first) {
  const AnswerHead& answer = caller_.answer;
  out_ = answer.framing;
  const bool endless = out_ == Framing::chunked || out_ == Framing::until_close;
  if (endless) out_ = caller_.head.minor == 1 ? Framing::chunked : Framing::until_close;
  // An error before the body went up means most often that nobody will take it.
  const bool early = !caller_.body.done() && answer.status >= 400;
  if (out_ == Framing::until_close || early || core_.draining) caller_.keep = false;
  write_answer(answer, Answering{out_, !caller_.keep, false}, caller_.out);
  Pieces pieces;
  pieces.add(caller_.out);
  pieces.add_body({upstream_->in.data() + answer_head_, first.body}, out_, coming_.done());
  head_sent_ = true;
  const bool well = co_await pass(pieces);
  co_return well;
}

}  // namespace thaw::gateway
