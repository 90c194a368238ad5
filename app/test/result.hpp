// What became of one scenario under test.
//
// Units: seconds of simulated time. Nothing in it depends on the machine or on how many ran at
// once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/summary.hpp"

namespace thaw::app {

// The decisions of a run, held against what was written down before.
struct DecisionTest {
  enum class State : std::uint8_t {
    none,          // nothing was decided, and nothing is written down
    held,          // as written down
    differ,        // otherwise
    missing,       // nothing is written down
    not_compared,  // what is written down is of another seed
  };
  State state = State::none;
  std::size_t count = 0;                // of this run
  std::string file;                     // the baseline
  std::string text;                     // what the baseline would be, a line a decision
  std::vector<std::string> difference;  // of `differ`, a line each: "@@ …", " …", "-…", "+…"
  bool written = false;                 // `text` has just become the baseline
};

struct ScenarioTest {
  enum class State : std::uint8_t {
    not_run,  // interrupted before it was through
    ran,
    refused,  // its input is wrong
    broke,    // it could not be run to its end for another reason
  };
  std::string name, file;  // as `thaw run` takes it, and its file
  State state = State::not_run;
  std::string error;  // of `refused` and `broke`, one line a mistake
  double simulated_s = 0;
  std::vector<Summary::CheckResult> checks;
  DecisionTest decisions;

  bool held() const;
  std::size_t checks_held() const;
  bool decisions_held() const;
};

struct TestReport {
  std::uint64_t seed = 1;
  std::vector<ScenarioTest> scenarios;  // in order of name

  std::size_t count(ScenarioTest::State state) const;
  std::size_t held() const;
};

// Through a pipe and back: all but name and file, which both ends know.
std::vector<std::string> to_texts(const ScenarioTest& test);
void from_texts(const std::vector<std::string>& texts, ScenarioTest& test);

}  // namespace thaw::app
