#include "tests/gateway/fuzz_connection.hpp"

#include <algorithm>

#include "tests/gateway/grammar.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

FuzzConnection::Leaves drawn(Random& random) {
  const std::uint64_t draw = random.below(16);
  if (draw == 0) return FuzzConnection::Leaves::never;
  if (draw < 4) return FuzzConnection::Leaves::half;
  return draw < 6 ? FuzzConnection::Leaves::torn : FuzzConnection::Leaves::after_a_while;
}

}  // namespace

FuzzConnection::FuzzConnection(Loop& loop, std::uint16_t port, std::string sent, Random random)
    : loop_(loop),
      sent_(std::move(sent)),
      random_(random),
      leaves_(drawn(random_)),
      stream_(loop, *this, port) {
  judged_.take(sent_);
  for (const Message& head : judged_.heads) answered_.expect(head.method);
  answered_.expect("GET");  // a refusal of what is none
}

// Whoever holds this one may let go of it meanwhile.
void FuzzConnection::later(Duration after, void (FuzzConnection::*what)()) {
  loop_.at(now() + after, [self = weak_from_this(), what] {
    if (const auto kept = self.lock()) (*kept.*what)();
  });
}

// Pieces end anywhere, most of them in the middle of something.
void FuzzConnection::next_piece() {
  if (over_) return;
  const std::size_t left = sent_.size() - at_;
  const std::size_t count =
      std::min<std::size_t>(left, 1 + random_.below(random_.below(3) == 0 ? 8 : 4000));
  stream_.send(std::string_view(sent_).substr(at_, count));
  at_ += count;
  if (leaves_ == Leaves::torn && random_.below(12) == 0) {
    stream_.reset();
    return finish();
  }
  if (at_ < sent_.size()) {
    return later(random_.below(4) == 0 ? 1ms : 0ms, &FuzzConnection::next_piece);
  }
  leave();
}

void FuzzConnection::leave() {
  all_sent_ = now();
  switch (leaves_) {
    case Leaves::never:
      return;
    case Leaves::half:
      return stream_.finish();
    case Leaves::torn:
      stream_.reset();
      return finish();
    case Leaves::after_a_while:
      later(150ms, &FuzzConnection::go);
  }
}

void FuzzConnection::go() {
  stream_.close();
  finish();
}

void FuzzConnection::finish() {
  if (over_) return;
  over_ = true;
  ended_at_ = now();
  if (all_sent_ == Instant()) all_sent_ = ended_at_;
}

void FuzzConnection::came(std::string_view bytes) { answered_.take(bytes); }

void FuzzConnection::ended() {
  answered_.end();
  finish();
}

std::string FuzzConnection::complaint() const {
  // What the gateway refuses to read it need not know for a HEAD: that refusal may have a body.
  const bool refused = !answered_.whole.empty() && answered_.whole.back().status == 400 &&
                       !answered_.whole.back().lasts;
  if (!answered_.wrong.empty() && !refused)
    return "what came back is no answer: " + answered_.wrong;
  std::size_t k = 0;
  for (const Message& answer : answered_.heads) {
    if (answer.status < 200) continue;
    const auto tag = answer.field("X-Tag");
    if (tag && k >= judged_.heads.size()) return "an answer of the origin to what is no request";
    if (tag && *tag != tag_in(judged_.heads[k].target)) {
      return "the answer of " + std::string(*tag) + " to " + judged_.heads[k].target;
    }
    ++k;
  }
  return {};
}

}  // namespace thaw::rigs
