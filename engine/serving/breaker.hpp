// Admission to a server of limited concurrency: so many requests in service, so many waiting, and
// any beyond refused at once. Knative's queue-proxy has one for each replica, its activator one for
// each revision, whose capacity follows the ready replicas.
//
// Counts only; which waiting request is served next is the caller's. The admission limit is fixed
// when the breaker is made; the capacity may change.
// Units: requests. Errors: none; what finishes without having begun is a bug (aborts).
// Source: Knative Serving, pkg/queue/breaker.go, 1.23.
#pragma once

#include <cstdint>

namespace thaw::serving {

class Breaker {
 public:
  Breaker(std::int64_t capacity, std::int64_t admitted_at_most)
      : capacity_(capacity), admitted_at_most_(admitted_at_most) {}

  // One more request: it is served, it waits, or it is refused.
  enum class Admission : std::uint8_t { served, waiting, refused };
  Admission arrive();

  // One request ends. True: a waiting one takes its place.
  bool finish();
  // A waiting request gives up.
  void abandon();
  // How many waiting requests are served from now on. Requests in service stay.
  std::int64_t set_capacity(std::int64_t capacity);

  std::int64_t serving() const { return serving_; }
  std::int64_t waiting() const { return waiting_; }
  std::int64_t capacity() const { return capacity_; }

 private:
  std::int64_t fill();

  std::int64_t capacity_, admitted_at_most_;
  std::int64_t serving_ = 0, waiting_ = 0;
};

// The queue-proxy's: as many in service as the container takes, ten times as many waiting.
Breaker queue_proxy_breaker(std::int32_t container_concurrency);
// The activator's: 10,000 waiting besides what the container takes; no replica is ready yet.
Breaker activator_breaker(std::int32_t container_concurrency);

}  // namespace thaw::serving
