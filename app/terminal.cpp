#include "app/terminal.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>

namespace thaw::app {
namespace {

std::atomic<bool> interrupted{false};

}  // namespace

bool coloured() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

const std::atomic<bool>& watch_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted.store(true, std::memory_order_relaxed); };
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return interrupted;
}

}  // namespace thaw::app
