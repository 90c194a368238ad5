// One leader among the replicas of this process, by a Lease.
//
// A candidate counts from when it itself saw the record change, on its own steady clock, and takes
// over once the holder's duration has passed; finding its own identity it takes the lease at once.
// The leader renews each `retry`, and steps down `renew` after its last success. A Lease does not
// fence: ask may_write() before each write, and write absolute values only.
// Errors: none leaves run(); each failure is told to last_error(). Threads: those of the Transport.
// Source: client-go's tools/leaderelection (15 s, 10 s, 2 s, jitter 1.2; its candidates ask after
// retry × 1 … 2.2, and so may need 19 s to follow a leader that was killed).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/writer.hpp"

namespace thaw::kubernetes {

struct LeaseSettings {
  std::string namespace_name, name;
  std::string identity;     // the pod's UID, or what --identity says
  Duration duration = 15s;  // whole seconds
  Duration renew = 10s;     // longer than retry × 1.2, shorter than the duration
  Duration retry = 2s;
  double jitter = 1.2;  // a candidate asks after a quarter of retry × 1 … (1 + jitter)
};

class Election {
 public:
  // `changed` is told true when the lease is won and false when it is lost or released.
  Election(Writer& writer, LeaseSettings settings, std::function<void(bool leads)> changed);
  ~Election();

  // Until stop(): on leaving, a lease held is released, so that another may take it at once.
  Awaitable<void> run();
  void stop();

  bool leads() const;
  // Whether a write that ends within `deadline` ends before anyone else can hold the lease:
  // counted from before the last renewal was sent.
  bool may_write(Duration deadline) const;
  const std::string& holder() const;  // the identity last seen; empty: nobody's
  std::int64_t transitions() const;   // leaseTransitions last seen
  const std::string& last_error() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::kubernetes
