// Knative's data path: an ingress that spreads calls over the addresses of a revision, activators
// that hold them while there is no room, a queue-proxy in front of each replica, and the reports of
// both.
//
// The addresses are the activators' while the path is `proxy` or no replica is ready, else the
// replicas'. An activator sends a call on when one of its replicas has a free slot
// (containerConcurrency c; c = 0: no limit): with c = 0 the less loaded of two at random, with c up
// to 3 the first with room, else the next in turn. A queue-proxy has c slots and a queue of 10 c;
// what finds both full is answered 503. A call that is not answered within the revision's timeout
// is answered 504, the time in an activator included. Reports: each queue-proxy closes a report a
// second, which a scrape a second reads (a sample of the replicas, from the fifth on); an
// activator tells its own a second, and at once when the first call of a forgotten revision comes.
// Source: Knative Serving pkg/activator (handler, net), pkg/queue, pkg/autoscaler/metrics.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "engine/load_reports.hpp"
#include "engine/random.hpp"
#include "sim/gateway.hpp"
#include "sim/knative/activator.hpp"
#include "sim/knative/queue_proxy.hpp"
#include "sim/serving.hpp"

namespace thaw::sim {

class KnativeDataPath final : public Gateway, public Handler {
 public:
  KnativeDataPath(World& world, Requests& requests, Serving& serving, GatewayListener& listener);

  Call resolve(Method method, std::string_view path) const override;
  void start() override;
  void accept(RequestId id, const Call& call) override;
  void abort(RequestId id) override;
  void served(RequestId id, const Answer& answer) override { finish(id, answer); }
  void dropped(RequestId id) override { finish(id, {502, Outcome::failed, CutBy::replica}); }
  void pod_ready(const Pod& pod) override;
  void pod_not_ready(const Pod& pod) override;
  void pod_leaving(const Pod& pod) override;

  // Activators and queue-proxies outlive the autoscaler.
  bool up(const Call&) const override { return started_; }
  std::vector<RequestId> crash(bool) override { return {}; }

  std::optional<TimePoint> last_activity(std::size_t function) const override {
    return revisions_[function].last_call;
  }
  PathFacts path(std::size_t function) const override;
  void steer(std::size_t function, PathMode mode, std::uint16_t gateways) override;
  bool reports(std::size_t) const override { return true; }
  void take_load(std::size_t function, std::vector<Load>& into) override {
    revisions_[function].reports.take(into);
  }

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  // Where a call is.
  struct Flight {
    enum class At : std::uint8_t { nowhere, held, queued, sent };
    At at = At::nowhere;
    bool proxied = false;
    std::uint32_t activator = 0;  // when proxied
    PodId pod = 0;                // when queued or sent
  };
  struct Revision {
    explicit Revision(Random random) : choice(random) {}
    std::uint32_t concurrency = 0;  // of a replica; 0: no limit
    Duration timeout{};
    PathMode mode = PathMode::proxy;
    std::optional<TimePoint> proxied_since;
    std::optional<TimePoint> last_call;
    std::vector<PodId> ready;                // by creation
    std::vector<QueueProxy*> ready_proxies;  // of these; a map's nodes do not move
    std::vector<Activator> activators;
    std::size_t subset = 1;  // of them, those whose addresses stand for the revision
    std::size_t next_activator = 0, next_pod = 0;  // in turn
    bool scraping = false;
    LoadReports reports;
    Random choice;
  };
  Flight& flight(RequestId id);
  void to_activator(RequestId id);
  void to_queue_proxy(RequestId id, PodId pod);
  void release_held(std::size_t function, std::size_t activator);
  void leave(RequestId id);  // every place it holds
  void finish(RequestId id, const Answer& answer);
  void share_out(Revision& revision);
  void path_moved(std::size_t function);
  void scrape_all();
  void scrape(Revision& revision);
  void activator_reports(std::size_t function, std::size_t activator);
  void queued(std::size_t function, std::int64_t delta) {
    world_.gauges.add(Gauge::queued, function, delta, world_.now());
  }

  World& world_;
  Requests& requests_;
  Serving& serving_;
  GatewayListener& listener_;
  std::vector<Revision> revisions_;  // by function
  std::map<PodId, QueueProxy> proxies_;
  std::vector<Flight> flights_;               // by request
  bool scraping_ = false;                     // one round a second, as long as there is a replica
  std::vector<QueueProxy*> sampled_;          // scratch
  Duration scrape_phase_{}, report_phase_{};  // within a second of the clock
  bool started_ = false;
};

}  // namespace thaw::sim
