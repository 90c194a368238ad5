// One replica that serves requests: `slots` at once, first come first served, the rest wait.
//
// Shared (processor sharing, or seconds of one card): with n in service each advances at 1/n. The
// arithmetic is a virtual clock in integers (Kleinrock's time-sharing argument): it advances by
// elapsed/n, a request that needs w ends when the clock has advanced by w. Resolution 2^-20 ns,
// always rounded so that no request ends early. Where the card is shared with other replicas, the
// clock goes at this one's speed on it: at p/q it advances by elapsed * p / (q * n). Where a card
// takes a batch of b as quickly as one, only more than b share: n is n/b then, and at least 1.
//
// A streamed answer begins before it ends: its first token is out once `lead` of its work is done,
// the others at an even pace. Where the KV cache of a language model has a limit, a request holds
// its prompt from its start on, and each token of its answer once that is out. When they no longer
// fit, the one that started last gives up all it holds and is computed again, before anybody who
// waits, once there is room for what it had. Source: vLLM, "Optimization and Tuning", preemption by
// recomputation; vllm/v1/core/sched/scheduler.py.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "engine/time.hpp"
#include "sim/requests.hpp"
#include "sim/sharing/contention.hpp"

namespace thaw::sim {

class Server {
 public:
  Server(int slots, bool shared, int batch = 1)
      : slots_(static_cast<std::size_t>(slots)),
        shared_(shared),
        batch_(static_cast<std::uint64_t>(batch)) {}

  void limit_kv(std::int64_t tokens) { kv_limit_ = tokens; }  // 0: no limit

  bool has_free_slot() const { return preempted_.empty() && running_.size() < slots_; }
  // Whether so many tokens more fit its KV cache.
  bool has_room_for(std::uint32_t tokens, TimePoint now);
  std::size_t running() const { return running_.size() + preempted_.size(); }
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t load() const { return running() + waiting_.size(); }
  TimePoint last_end() const { return last_end_; }

  void start(RequestId id, Duration work, TimePoint now);  // a slot must be free
  // Of a model's answer: the prompt, the answer, and what of that is out already.
  struct Answering {
    std::uint32_t prompt = 0, output = 0, answered = 0;
  };
  void start_streamed(RequestId id, Duration work, Duration lead, TimePoint now,
                      const Answering& tokens);
  void wait(RequestId id) { waiting_.push_back(id); }
  std::optional<RequestId> first_waiting() const;
  std::optional<RequestId> take_waiting();
  bool withdraw(RequestId id, TimePoint now);         // true if it was in service
  void set_speed(const Speed& speed, TimePoint now);  // from now on
  const Speed& speed() const { return speed_; }
  struct Preempted {
    RequestId id;
    std::uint32_t answered;
  };
  // Makes room where the KV cache overflows by `now`.
  void preempt(TimePoint now);
  std::optional<Preempted> first_preempted() const;
  void resume(Duration work, Duration lead, TimePoint now, const Answering& tokens);  // that one
  // The next end, first token or overflow; never() when nothing is in service.
  TimePoint next_end(TimePoint now);
  // Streamed requests whose first token came after the last call, and before the request's end.
  void take_begun(TimePoint now, std::vector<RequestId>& begun);
  // Every request whose work is done by `now`, in the order of their ends, then of their starts.
  void take_finished(TimePoint now, std::vector<RequestId>& finished);
  std::vector<RequestId> take_all();

 private:
  __extension__ typedef unsigned __int128 Virtual;
  struct Running {
    RequestId id;
    Virtual finish, next;  // next: its first token until that is out, then its end
    Virtual first, each;   // when its next token is out after its start, and from one to another
    Answering tokens;
  };
  void advance(TimePoint now);
  std::uint32_t answered(const Running& r, Virtual at) const;
  std::int64_t held(Virtual at) const;  // of the KV cache, if nobody ends before
  Virtual overflow_before(Virtual end) const;
  // Each of those in service goes at abreast / sharers.
  std::uint64_t sharers() const { return crowded() ? running_.size() : 1; }
  std::uint64_t abreast() const { return crowded() ? batch_ : 1; }
  bool crowded() const { return shared_ && running_.size() > batch_; }

  std::size_t slots_;
  bool shared_;
  std::uint64_t batch_;
  std::int64_t kv_limit_ = 0;
  Speed speed_;
  Virtual clock_ = 0;
  TimePoint since_{};
  TimePoint last_end_{};
  std::vector<Running> running_;
  std::vector<Running> done_;  // scratch
  std::deque<RequestId> waiting_;
  std::deque<Preempted> preempted_;  // in the order in which they go on
};

}  // namespace thaw::sim
