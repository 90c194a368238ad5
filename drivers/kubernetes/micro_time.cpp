#include "drivers/kubernetes/micro_time.hpp"

#include <chrono>

namespace thaw::kubernetes {

std::string micro_time(TimePoint t) {
  const Duration fraction = t.since_epoch % 1s;
  std::string text = thaw::to_text(t - fraction);
  text.pop_back();
  const std::string micros = std::to_string(fraction / 1us);
  return text + "." + std::string(6 - micros.size(), '0') + micros + "Z";
}

std::string micro_time_now() {
  return micro_time({std::chrono::system_clock::now().time_since_epoch()});
}

}  // namespace thaw::kubernetes
