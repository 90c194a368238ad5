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
};

enum class PodPhase : std::uint8_t { pending, running };

struct PodFacts {
  std::uint64_t id;
  PodPhase phase;
  bool ready, deleting, unschedulable;  // unschedulable: condition PodScheduled=False
  TimePoint created;
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
  std::span<const PodFacts> pods;
  std::span<const PeerFacts> peers;
  WriteFacts last_write;
  TimePoint facts_taken;  // when the facts above were true
};

// Single instances, each with its own idle clock: how long an idle one stays. Returned when it
// changes and executed by the world, which does not ask again for each request.
struct KeepAlive {
  Duration idle{};
};

struct Decision {
  std::optional<Replicas> desired = {};     // empty: leave alone
  std::optional<KeepAlive> instances = {};  // policies of single instances
  TimePoint ask_again =
      TimePoint::never();  // earliest change without new input, on the policy's own grid
  Reason why;
};

// What a policy needs to see; constant until reconfigure().
struct Wants {
  bool arrivals_at_zero = false;  // poke at once when a request finds no ready replica
  bool pods = false;              // list pods, and poke when they or .spec.replicas change
  std::span<const FunctionId> peers;
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
  std::vector<Peer> peers;  // the other functions of its namespace
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
