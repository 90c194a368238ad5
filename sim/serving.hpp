// Which replica serves a request, and when it is done.
//
// `queue: replica`: a request goes to a replica at once and waits there; `queue: central`: it waits
// in one line for the first free slot. Among replicas with a free slot the function's dispatch
// order chooses (newest and oldest by creation, recently_idle and longest_idle by the end of their
// last request); without one, the least loaded takes it.
//
// Replicas that share a card slow each other down while they are busy: see sim/sharing/cards.hpp.
// Only work on the GPU does.
//
// A language model's server has an idle clock of its own, beside the platform's: a while after its
// last request it unloads the weights. The pod stays Ready, and the next request waits for them;
// those that need no model do not. It refuses what finds its line full. Source: Ollama,
// server/sched.go. What its KV cache has no room for waits, and nobody overtakes it; what would not
// even fit alone is refused (400, as vLLM does). One that is preempted stays in service.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "sim/pods.hpp"
#include "sim/requests.hpp"
#include "sim/server.hpp"
#include "sim/wait_ledger.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class ServingListener {
 public:
  virtual ~ServingListener() = default;
  virtual void served(RequestId id, const Answer& answer) = 0;  // 503, 400 where it was refused
  virtual void dropped(RequestId id) = 0;                       // its replica went away
  virtual void busy_changed(Pod& pod) = 0;  // between no request in service and some
};

class Serving final : public Handler {
 public:
  Serving(World& world, Pods& pods, Requests& requests, ServingListener& listener);

  bool has_ready(std::size_t function) const { return !functions_[function].ready.empty(); }
  // Takes the request unless no replica is ready.
  bool offer(RequestId id);
  // To this replica and no other; without a free slot it waits there.
  void offer_to(PodId pod, RequestId id);
  WaitLedger& waits() { return waits_; }
  const WaitLedger& waits() const { return waits_; }
  void withdraw(RequestId id);  // nobody waits for its answer any more

  void pod_ready(Pod& pod);
  void pod_not_ready(Pod& pod);  // Terminating: finishes what it has, takes nothing new
  void pod_leaving(Pod& pod);    // what it still has is dropped

  void fire(std::uint32_t what, std::uint64_t pod) override;

 private:
  enum What : std::uint32_t { kNext, kRefuse, kUnload, kLoaded };
  struct Function {
    std::vector<PodId> ready;  // ascending: by creation
    std::deque<RequestId> central;
    Random choice;
    Random loads;  // how long a model takes that is loaded again
  };
  enum class Weights : std::uint8_t { loaded, unloaded, loading };
  struct Replica {
    Server server;
    EventId next_end;
    Weights weights = Weights::loaded;
    EventId model_clock;             // until the weights are unloaded, or loaded
    std::size_t inferring = 0;       // requests in service that need the model
    std::vector<RequestId> refused;  // in this instant, and not told yet
  };
  PodId choose(const Request& request, bool need_free_slot);
  PodId next_in_order(std::size_t function);  // of those that fit_
  void begin(PodId pod, RequestId id);
  void put_in_service(PodId pod, RequestId id);
  void line_up(PodId pod, RequestId id);
  void refill(PodId pod);
  void left_service(PodId pod, const Request& request);
  bool has_place(Replica& replica, const Request& request);
  bool may_start(Replica& replica, const Request& request);
  bool too_long(const Request& request) const;
  void resume_preempted(Replica& replica);
  void refuse_soon(PodId pod, RequestId id);
  void refuse(PodId pod);
  void load_weights(PodId pod);
  void unload_later(PodId pod);
  void unload_weights(PodId pod);
  void weights_loaded(PodId pod);
  void rearm(PodId pod);
  void note_running(PodId pod);
  void share_cards(const Pod& pod);
  Duration work_of(PodId pod, const Request& request);
  const Service& service(std::size_t function) const {
    return world_.scenario.functions[function].service;
  }

  World& world_;
  Pods& pods_;
  Requests& requests_;
  ServingListener& listener_;
  std::vector<Function> functions_;
  std::map<PodId, Replica> replicas_;
  WaitLedger waits_;
  std::vector<RequestId> finished_, done_;  // scratch
  std::vector<PodId> fit_;                  // scratch: whom a request may go to
};

}  // namespace thaw::sim
