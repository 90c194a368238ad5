#include "engine/serving/breaker.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

namespace thaw::serving {
namespace {

constexpr std::int64_t kWaitingForEachSlot = 10, kWaitingAtActivator = 10'000;

}  // namespace

Breaker::Admission Breaker::arrive() {
  if (serving_ + waiting_ >= admitted_at_most_) return Admission::refused;
  ++waiting_;
  return fill() > 0 ? Admission::served : Admission::waiting;
}

bool Breaker::finish() {
  THAW_CHECK(serving_ > 0, "a request that ends was in service");
  --serving_;
  return fill() > 0;
}

void Breaker::abandon() {
  THAW_CHECK(waiting_ > 0, "a request that gives up was waiting");
  --waiting_;
}

std::int64_t Breaker::set_capacity(std::int64_t capacity) {
  capacity_ = capacity;
  return fill();
}

std::int64_t Breaker::fill() {
  const std::int64_t begun = std::clamp<std::int64_t>(capacity_ - serving_, 0, waiting_);
  serving_ += begun;
  waiting_ -= begun;
  return begun;
}

Breaker queue_proxy_breaker(std::int32_t container_concurrency) {
  return Breaker(container_concurrency, container_concurrency * (1 + kWaitingForEachSlot));
}

Breaker activator_breaker(std::int32_t container_concurrency) {
  return Breaker(0, container_concurrency + kWaitingAtActivator);
}

}  // namespace thaw::serving
