// Kubernetes Events, best effort: what the user sees with `kubectl describe`.
//
// The same text again becomes a series of the first one, written at most once a `settle` with the
// count so far. When too many wait, the oldest is dropped and counted. Nothing here is waited for.
// Errors: none; failures are counted. Threads: those of the Transport.
// Source: events.k8s.io/v1 (note at most 1,024 bytes, action and reason 128).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/writer.hpp"

namespace thaw::kubernetes {

struct ObjectReference {
  std::string api_version, kind, namespace_name, name, uid;
};

struct Event {
  ObjectReference regarding;
  bool warning = false;
  std::string reason;  // "ScaledUp": CamelCase, for machines
  std::string action;  // "Scale"
  std::string note;    // for people
};

struct EventSettings {
  std::string controller = "thaw";  // reportingController
  std::string instance;             // reportingInstance: the identity
  double per_second = 1;            // writes, after a burst
  int burst = 25;
  std::size_t waiting = 256;
  Duration settle = 10s;
};

struct EventCounters {
  std::uint64_t written = 0, repeated = 0, dropped = 0, failed = 0;
};

class Events {
 public:
  Events(Writer& writer, EventSettings settings);
  ~Events();

  void tell(Event event);  // returns at once
  Awaitable<void> run();   // until stop(), what waits is then tried once
  void stop();
  const EventCounters& counters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::kubernetes
