// One replica that serves requests: `slots` at once, first come first served, the rest wait.
//
// Shared (processor sharing, or seconds of one card): with n in service each advances at 1/n. The
// arithmetic is a virtual clock in integers (Kleinrock's time-sharing argument): it advances by
// elapsed/n, a request that needs w ends when the clock has advanced by w. Resolution 2^-20 ns,
// always rounded so that no request ends early. Where the card is shared with other replicas, the
// clock goes at this one's speed on it: at p/q it advances by elapsed * p / (q * n). Where a card
// takes a batch of b as quickly as one, only more than b share: n is n/b then, and at least 1.
//
// A streamed answer begins before it ends: its first token is out once `lead` of its work is done.
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

  bool has_free_slot() const { return running_.size() < slots_; }
  std::size_t running() const { return running_.size(); }
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t load() const { return running_.size() + waiting_.size(); }
  TimePoint last_end() const { return last_end_; }

  void start(RequestId id, Duration work, TimePoint now);  // a slot must be free
  void start_streamed(RequestId id, Duration work, Duration lead, TimePoint now);
  void wait(RequestId id) { waiting_.push_back(id); }
  std::optional<RequestId> first_waiting() const;
  std::optional<RequestId> take_waiting();
  bool withdraw(RequestId id, TimePoint now);         // true if it was in service
  void set_speed(const Speed& speed, TimePoint now);  // from now on
  const Speed& speed() const { return speed_; }
  // The next end or first token; never() when nothing is in service.
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
  };
  void advance(TimePoint now);
  // Each of those in service goes at abreast / sharers.
  std::uint64_t sharers() const { return crowded() ? running_.size() : 1; }
  std::uint64_t abreast() const { return crowded() ? batch_ : 1; }
  bool crowded() const { return shared_ && running_.size() > batch_; }

  std::size_t slots_;
  bool shared_;
  std::uint64_t batch_;
  Speed speed_;
  Virtual clock_ = 0;
  TimePoint since_{};
  TimePoint last_end_{};
  std::vector<Running> running_;
  std::vector<Running> done_;  // scratch
  std::deque<RequestId> waiting_;
};

}  // namespace thaw::sim
