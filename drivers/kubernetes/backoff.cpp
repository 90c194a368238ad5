#include "drivers/kubernetes/backoff.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace thaw::kubernetes {

Duration Backoff::next(Instant now, std::optional<Duration> at_least) {
  const bool anew = wait_ == Duration{0} || now - last_ > settings_.quiet;
  wait_ = anew ? settings_.first : std::min(wait_ * 2, settings_.most);
  const double stretch = 1 + settings_.jitter * random_.uniform();
  const Duration wait(static_cast<std::int64_t>(
      static_cast<double>(std::max(wait_, at_least.value_or(0s)).count()) * stretch));
  last_ = now + wait;
  return wait;
}

Random unrepeatable(const char* purpose) {
  std::random_device device;
  return Random(std::uint64_t{device()} << 32 | device(), purpose);
}

}  // namespace thaw::kubernetes
