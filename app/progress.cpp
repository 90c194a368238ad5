#include "app/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace thaw::app {
namespace {
constexpr auto kPause = std::chrono::milliseconds(200);
constexpr int kWidth = 30;
}  // namespace

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) != 0), last_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::show(Duration simulated, Duration until) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kPause) return;
  last_ = now;
  shown_ = true;
  const double hours = seconds(simulated) / 3600;
  if (until <= Duration{0}) {
    std::fprintf(stderr, "\r\033[K%.1f h simulated", hours);
    return;
  }
  const double done = std::min(1.0, seconds(simulated) / seconds(until));
  const auto filled = static_cast<std::size_t>(done * kWidth);
  std::fprintf(stderr, "\r\033[K[%s%s] %3.0f %%  %.1f h simulated",
               std::string(filled, '#').c_str(), std::string(kWidth - filled, '.').c_str(),
               done * 100, hours);
}

}  // namespace thaw::app
