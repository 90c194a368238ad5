// Runs many scenarios, each in a process of its own, and holds each against its checks and its
// baseline of decisions. The report does not depend on how many run at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "app/test/result.hpp"
#include "engine/scenario/discover.hpp"

namespace thaw::app {

struct TestRun {
  std::uint64_t seed = 1;
  std::size_t jobs = 1;
  bool audit = false;
  const std::atomic<bool>& interrupted;
  std::function<void(std::size_t done)> progress;  // every now and then
};

TestReport run_scenarios(const std::vector<ScenarioFile>& scenarios, const TestRun& how);

}  // namespace thaw::app
