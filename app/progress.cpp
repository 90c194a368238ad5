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

bool Progress::due() {
  if (!terminal_) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kPause) return false;
  last_ = now;
  shown_ = true;
  return true;
}

void Progress::bar(double done, const char* words) {
  const auto filled = static_cast<std::size_t>(std::min(1.0, done) * kWidth);
  std::fprintf(stderr, "\r\033[K[%s%s] %3.0f %%  %s", std::string(filled, '#').c_str(),
               std::string(kWidth - filled, '.').c_str(), std::min(1.0, done) * 100, words);
}

void Progress::show(Duration simulated, Duration until) {
  show(simulated, until,
       to_text(std::chrono::round<std::chrono::seconds>(simulated)) + " simulated");
}

void Progress::show(Duration passed, Duration until, const std::string& words) {
  if (!due()) return;
  if (until > Duration{0}) {
    bar(seconds(passed) / seconds(until), words.c_str());
  } else {
    std::fprintf(stderr, "\r\033[K%s", words.c_str());
  }
}

void Progress::show_share(std::size_t done, std::size_t all, const char* of_what) {
  if (!due()) return;
  const std::string words = std::to_string(done) + " of " + std::to_string(all) + " " + of_what;
  bar(static_cast<double>(done) / static_cast<double>(all), words.c_str());
}

}  // namespace thaw::app
