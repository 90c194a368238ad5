// The seam between deciding and acting.
//
// A policy is a deterministic state machine: facts in, a decision out. It owns no clock, does no
// I/O and allocates nothing per decision once warm. Facts carry their own age and presence: what is
// not known is empty, never zero. Limits are the policy's own; the controller adds only an
// operator's cap.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/distribution.hpp"
#include "engine/params.hpp"
#include "engine/quantity.hpp"
#include "engine/reason.hpp"
#include "engine/state.hpp"
#include "engine/time.hpp"
#include "engine/version.hpp"

namespace thaw {

using FunctionId = std::uint32_t;

// Why a policy is asked now.
enum class Cause : std::uint8_t {
  start,            // the controller came up (also after a restart)
  timer,            // the instant of ask_again
  arrival_at_zero,  // a request or a wake call found no ready replica
  pods,             // pods of the function or of a peer changed, or desired did
  path,             // what Observation::path says changed
};

// A request that will come, as only the simulated world can tell.
struct FutureRequest {
  TimePoint arrival;
  Duration service;  // on a warm replica
};

enum class PodPhase : std::uint8_t { pending, running, succeeded, failed, unknown };

// A condition of a Kubernetes object: True, False, Unknown, or not there.
enum class Condition : std::uint8_t { none, yes, no, unknown };

// Thousandths, as Kubernetes keeps metric quantities: 1500 is 1.5.
using Milli = std::int64_t;

// What one container asks of one resource. `cpu` in cores, memory in bytes, in thousandths.
struct ResourceRequest {
  std::string_view container, resource;
  Milli milli = 0;
};

struct PodFacts {
  std::uint64_t id;
  PodPhase phase;
  Condition ready;
  bool deleting, unschedulable;  // unschedulable: condition PodScheduled=False
  TimePoint created;
  std::optional<TimePoint> started = {};  // .status.startTime: a kubelet took it
  TimePoint ready_changed{};              // last transition of its Ready condition
  std::span<const ResourceRequest> requests = {};
};

// One report of how busy a function is: averages over a second of a replica, of all replicas, or of
// the gateway in front of them. `proxied` is the part that came through that gateway, which reports
// it too; where one gateway sees everything it is 0.
struct Load {
  TimePoint at;                                     // when it was taken
  double concurrency = 0, proxied_concurrency = 0;  // requests in flight, waiting ones included
  double requests = 0, proxied_requests = 0;        // arrived, a second
  double completions = 0;                           // answered with success, a second
  bool from_replicas = false;  // scraped from replicas, not told by the gateway
};

enum class Presence : std::uint8_t { absent, ok, error, nan };

// The metric sources of autoscaling/v2, and what SlimFaas asks of its own store.
enum class MetricSource : std::uint8_t {
  resource,
  container_resource,
  pods,
  object,
  external,
  query
};

// Which metric a policy asks for. `name` is the metric's or the resource's name, or the query.
struct MetricRef {
  MetricSource source = MetricSource::pods;
  std::string name;
  std::string object;     // "Service/svc": of an Object metric
  std::string container;  // of a ContainerResource metric
  std::string selector;   // "gpu=a,zone=b": the metric's own label selector, sorted
};

// One container's value (Resource, ContainerResource) or one pod's (Pods).
struct PodSample {
  std::uint64_t pod;
  Milli value = 0;
  TimePoint taken;
  Duration window{};
  std::string_view container = {};
};

// An answer of a metrics API. ok with nothing inside is an empty answer; `absent` means there is no
// such metric, `error` that the API could not be read, `nan` that the answer is no number:
// Prometheus says NaN. All three are no data.
struct MetricFacts {
  Presence presence = Presence::absent;
  TimePoint taken;                       // how old the answer is
  std::span<const Milli> series = {};    // Object, query: one value; External: one a series
  std::span<const PodSample> pods = {};  // Resource, ContainerResource, Pods
};

// Where calls go: past the gateway straight to the replicas, or through it (Knative's SKS modes).
enum class PathMode : std::uint8_t { proxy, serve };

struct PathFacts {
  PathMode mode = PathMode::proxy;
  std::optional<TimePoint> proxied_since;  // the gateway's addresses are in the path since then
  bool gateway_answers = true;             // a probe through the path reaches the gateway
};

struct PeerFacts {
  FunctionId id;
  Replicas ready;
  std::optional<TimePoint> last_activity;
};

enum class WriteState : std::uint8_t { none, pending, done, refused, unknown };

struct WriteFacts {
  std::uint64_t ticket = 0;
  WriteState state = WriteState::none;
  Replicas asked;
};

// Spans live until decide() returns.
struct Observation {
  TimePoint now;
  Cause cause;
  Replicas spec, status, ready;  // .spec.replicas; pods not Terminating; Ready and not Terminating
  std::uint32_t in_flight = 0, queued = 0;  // in service; waiting for a replica
  std::optional<TimePoint> last_activity;   // empty: never called
  std::span<const Load> load;               // reports since the last observation, by time
  std::span<const MetricFacts> metrics;     // as Wants::metrics
  std::span<const PodFacts> pods;
  std::span<const PeerFacts> peers;
  PathFacts path;
  WriteFacts last_write;
  // From the end of the last request in flight to the next arrival; those that ended since the
  // last observation.
  std::span<const Duration> idle_times;
  std::span<const FutureRequest> future;  // all that is still to come, by arrival
  TimePoint facts_taken;                  // when the facts above were true
};

// What is left of an instance that is idle: a level of Spec::levels below serving.
struct Rest {
  std::size_t level = 0;  // index into Spec::levels
  Duration until{};       // since it became idle
};

// Single instances, each with its own idle clock: how long an idle one stays. Returned when it
// changes and executed by the world, which does not ask again for each request.
struct KeepAlive {
  Duration idle{};
  Duration prewarm_after{};  // above 0: gone once idle, and back so long after; stays `idle` then
  // Above 0: `idle` has no end, but where the cluster is full the instance of least worth goes:
  // the clock of evictions + uses × worth (greedy-dual).
  double worth = 0;
  bool foresees = false;  // an instance that nobody will need within `idle` goes at once
  // After `idle` it is left at these levels, one until the other's begin, and then nothing of it.
  // Lives as long as the policy does, and stays as the first decision says.
  std::span<const Rest> rests = {};
};

struct Decision {
  std::optional<Replicas> desired = {};     // empty: leave alone
  std::optional<KeepAlive> instances = {};  // policies of single instances
  std::optional<PathMode> path = {};        // empty: leave alone
  std::uint16_t gateways = 0;               // how many share the path while it is `proxy`
  TimePoint ask_again =
      TimePoint::never();  // earliest change without new input, on the policy's own grid
  Reason why;
};

// What a policy needs to see; constant until reconfigure().
struct Wants {
  bool arrivals_at_zero = false;  // poke at once when a request finds no ready replica
  bool pods = false;              // list pods, and poke when they or .spec.replicas change
  std::span<const FunctionId> peers = {};
  bool load = false;                        // reports of how busy it is
  bool requests = false;                    // in_flight and queued: of all its calls
  bool path = false;                        // poke when its path has changed
  std::span<const MetricRef> metrics = {};  // read when the policy is asked
  bool idle_times = false;
  bool future = false;  // granted by the simulated world alone
};

// A state in which a function can be left: what keeping it there costs, and how long it takes from
// there until a replica serves. In money of the scenario's currency.
struct Level {
  std::string name;       // "off", "image", "host memory", "gpu"
  Distribution to_serve;  // in nanoseconds
  double keep_per_s = 0;  // for one replica
  double start_cost = 0;  // of one start from here, what is paid while it lasts
};

// What a policy is built from.
struct Spec {
  struct Peer {
    FunctionId id;
    std::string name;
    Params params;
  };
  FunctionId function = 0;
  std::string name;
  Params params;
  std::vector<Peer> peers;    // the other functions of its namespace
  std::vector<Level> levels;  // from off to serving; empty: the world cannot say
  std::uint64_t seed = 1;     // of the run, for policies that draw
  Versions versions;
};

class ScalingPolicy {
 public:
  virtual ~ScalingPolicy() = default;
  virtual Wants wants() const = 0;
  virtual Decision decide(const Observation&) = 0;
  // Facts without a question, before save(): what is kept must not depend on when it was asked.
  virtual void look(const Observation&) {}
  virtual void reconfigure(const Spec&, Diagnostics&) = 0;  // keeps state
  virtual void save(StateWriter&) const = 0;
  virtual bool restore(const StateReader&) = 0;  // false: version unknown, state untouched
};

// What a policy decides on: how many replicas a Deployment has, or how long single instances stay.
enum class Governs : std::uint8_t { replicas, instances };

struct ParamInfo {
  std::string_view key, fallback, meaning;
};

// One line of policies/all.cpp.
struct PolicyInfo {
  std::string_view name, summary, source;
  std::span<const ParamInfo> params;
  Governs governs = Governs::replicas;
  std::unique_ptr<ScalingPolicy> (*make)(const Spec&, Diagnostics&);
};

}  // namespace thaw
