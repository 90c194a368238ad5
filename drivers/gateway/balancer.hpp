// Which replica takes which call, and in which order calls wait for one.
//
// A call goes to the replica with the fewest calls in service, among those that are ready, below
// the function's limit and not avoided; ties go round. Where there is none it waits, in order of
// arrival, in a queue of Route::queue places. Whatever frees a place (a call that ends, a new
// replica, a higher limit, a replica no longer avoided) gives it to the first that waits.
//
// Pure: no sockets, no clock, one thread. What it tells (Waiter, Wanted) it tells from the middle
// of its work: a listener notes it and calls back later. A replica that is no longer listed keeps
// its calls in service until they end. Source: least in flight as SlimFaas's {pod_ip} mode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "drivers/gateway/instant.hpp"
#include "drivers/gateway/ring.hpp"
#include "drivers/gateway/routes.hpp"
#include "drivers/gateway/tally.hpp"

namespace thaw::gateway {

// Who takes a place. A delivery takes none while a call waits, and keeps to AsyncDelivery's limits.
enum class Taker : unsigned char { call, delivery };

class Function;
struct Seat;

// A call in service on a replica; destroyed, it is over there, and the place goes to the next.
class Place {
 public:
  Place() = default;
  Place(std::shared_ptr<Function> function, Seat* seat, Taker taker);
  Place(Place&& other) noexcept;
  Place& operator=(Place&& other) noexcept;
  ~Place();

  explicit operator bool() const { return seat_ != nullptr; }
  const Replica& replica() const;
  std::uint64_t replica_id() const;  // of this listing of the replica; never used again
  void avoid(Instant until);         // give the replica to nobody else before
  void give_back();

 private:
  std::shared_ptr<Function> function_;
  Seat* seat_ = nullptr;
  Taker taker_ = Taker::call;
};

// A call that waits. Destroyed, it has left the queue.
class Waiter : private Linked<Function> {
 public:
  virtual ~Waiter() { leave(); }

  bool waits() const { return function_ != nullptr; }
  void leave();

 protected:
  virtual void granted(Place place) = 0;
  virtual void vanished() = 0;  // the function is no longer

 private:
  friend class Function;
  friend class Ring<Waiter, Function>;
  std::shared_ptr<Function> function_;
};

// One replica as its function sees it.
struct Seat {
  Replica replica;
  std::uint64_t id = 0;
  std::uint32_t in_service = 0, deliveries = 0;  // the first counts both
  bool listed = true;
  Instant avoided_until{};
};

// A function, its replicas and its queue. Made and kept by the Balancer; a call holds on to it.
class Function : public std::enable_shared_from_this<Function> {
 public:
  explicit Function(FunctionName name) : name_(std::move(name)) {}

  const FunctionName& name() const { return name_; }
  const Route& route() const { return *route_; }  // the latest, also once it vanished
  bool known() const { return known_; }           // not vanished
  std::size_t ready() const { return ready_; }    // replicas listed
  std::size_t waiting() const { return waiting_; }
  void add_replica_ids(std::vector<std::uint64_t>& to) const;  // of those listed
  std::uint32_t deliveries() const { return deliveries_; }

  // A place at once, or an empty one. For a call: also when others wait, as they are first.
  Place take(Taker taker, Instant now);
  // False: the queue is full. `first`: it had a place before and lost it through no fault of its
  // own, so that it is older than all that wait. Then ask unserved().
  bool enqueue(Waiter& waiter, bool first = false);
  // Calls wait, there is no ready replica, and for a second nobody was told: to be told now.
  bool unserved(Instant now);

  Tally tally;

 private:
  friend class Balancer;
  friend class Place;
  friend class Waiter;

  Seat* choose(Taker taker);
  void grant(int most);
  void remove(Waiter& waiter);
  void give_back(Seat& seat, Taker taker);
  void avoid(Seat& seat, Instant until);
  void relist(std::shared_ptr<const Route> route, std::uint64_t& next_id, Instant now);
  void vanish();
  void sweep();  // seats that nobody lists or uses

  FunctionName name_;
  std::shared_ptr<const Route> route_;
  bool known_ = true;
  std::vector<std::unique_ptr<Seat>> seats_;  // those listed first, in the order of the route
  std::size_t ready_ = 0, turn_ = 0, waiting_ = 0;
  std::uint32_t deliveries_ = 0;
  Ring<Waiter, Function> queue_;
  Instant now_{};                // the latest that was told
  std::optional<Instant> told_;  // when unserved() last held, of those that wait now
};

class Balancer {
 public:
  // What the cluster looks like now. Counts of replicas that stay, stay; who waits for a function
  // that is no more is told.
  void route(const std::shared_ptr<const Routes>& routes, Instant now);

  // "NAME" where one namespace alone has it, or "NAME.NAMESPACE"; null: there is none.
  std::shared_ptr<Function> find(std::string_view name) const;
  std::shared_ptr<Function> find(const FunctionName& name) const;
  const std::vector<std::shared_ptr<Function>>& functions() const { return functions_; }

  // From time to time: gives the places of replicas that are no longer avoided, and to those that
  // wait because too many did.
  void tick(Instant now);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::shared_ptr<const Routes> routes_;
  std::vector<std::shared_ptr<Function>> functions_;  // by name
  // Null where two namespaces have the name.
  std::unordered_map<std::string, std::shared_ptr<Function>, Hash, std::equal_to<>> names_;
  std::uint64_t next_id_ = 1;
};

}  // namespace thaw::gateway
