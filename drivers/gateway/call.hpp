// One call of a function: its place in the queue, its replica, and the bytes in both directions.
//
// It is in the books (Tally) from its construction to its end. It ends by its answer, its own
// deadline, its caller's going away, its replica's, or its function's. Only what was never sent is
// sent again: a replica that cannot be reached is avoided for a while, and another tried.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/gateway/caller.hpp"
#include "drivers/gateway/core.hpp"
#include "drivers/gateway/wakeup.hpp"

namespace thaw::gateway {

class Call final : public Linked<Every>, private Waiter, private Timed {
 public:
  // `rest`: of the target, a view of the caller's buffer.
  Call(Core& core, Caller& caller, std::shared_ptr<Function> function, std::string_view rest);
  ~Call() override;

  Awaitable<void> run();

  // Why a call ends before its answer, seen from outside of it.
  enum class Stop : unsigned char { none, late, gone, vanished, full, drained };
  void stop(Stop why);
  // Nobody reads from its caller, so that somebody has to look whether it is still there.
  bool watched() const { return !uploading_ && !tunnelled_ && !ended_; }
  int handle() { return caller_.channel.handle(); }

 private:
  // call.cpp: until the request is sent, and the books
  bool take_first_bytes();
  void drop_request();
  Awaitable<bool> get_place();
  Awaitable<bool> wait_for_place();
  Awaitable<void> not_served();
  Awaitable<bool> reach_replica();
  Awaitable<End> connect();
  Awaitable<bool> send_request();
  Awaitable<void> no_answer();
  void keep_upstream();
  void finish(Outcome outcome);
  void leave_replica(Instant at);
  void granted(Place place) override;
  void vanished() override;
  void expired(Instant now) override;

  // upload.cpp: the rest of the request's body, while the answer may come
  Awaitable<void> begin_upload();
  Awaitable<void> upload();
  Awaitable<void> send_part(std::size_t bytes);
  Awaitable<void> end_upload();
  Awaitable<void> refuse_upload();

  // relay.cpp: the answer
  Awaitable<void> relay_answer();
  Awaitable<bool> read_answer_head();
  Awaitable<bool> pass_interim();
  Awaitable<void> relay_body();
  Awaitable<bool> write_answer_head(BodyReader::Step first);
  Awaitable<bool> pass(Pieces& pieces);
  void break_off();

  // tunnel.cpp: after a 101
  Awaitable<void> tunnel();
  Awaitable<void> pump(Channel& from, Buffer& through, Channel& to);
  void join(Awaitable<void> beside);

  Core& core_;
  Caller& caller_;
  const std::shared_ptr<Function> function_;
  std::string_view rest_;
  const Instant arrived_;

  Wakeup woken_;
  Place place_;
  int tries_ = 0;
  Stop stop_ = Stop::none;
  bool ended_ = false;  // in the books

  std::unique_ptr<Upstream> upstream_;
  std::uint64_t replica_ = 0;  // whose connection it is
  bool upgrade_ = false;       // asked for

  BodyReader::Step first_;  // of the request's body: what came with the head
  bool dropped_ = false;    // these bytes, and the head
  // Of the body as it goes up; refused: the replica takes no more.
  enum class Upload : unsigned char { well, malformed, too_large, stalled, refused };
  Upload upload_ = Upload::well;
  bool uploading_ = false, stop_upload_ = false;
  Wakeup uploaded_;

  std::size_t answer_head_ = 0;  // bytes of it
  BodyReader coming_;            // the answer's body, as it comes
  Framing out_ = Framing::none;  // and as it goes out
  bool head_sent_ = false;       // to the caller
  bool answered_ = false;        // all of it went through
  bool tunnelled_ = false;
  Instant moved_{};  // when a byte last went through the tunnel
};

}  // namespace thaw::gateway
