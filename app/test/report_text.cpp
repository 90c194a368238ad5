#include <fmt/format.h>

#include <algorithm>

#include "app/test/decisions.hpp"
#include "app/test/report.hpp"
#include "engine/report/notation.hpp"
#include "engine/report/table.hpp"

namespace thaw::app {
namespace {

using enum Table::Align;

constexpr std::size_t kMostLines = 60;  // of a difference; --format json has all of it

std::string counted(std::size_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

Duration duration_of(double in_seconds) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(in_seconds));
}

std::string mark(bool held, bool colour) {
  if (!colour) return held ? "✓" : "✗";
  return held ? painted("✓", Colour::green) : painted("✗", Colour::red);
}

std::string words_of(const DecisionTest& decisions) {
  const std::string count = counted(decisions.count, "decision");
  if (decisions.written) return count + " written";
  switch (decisions.state) {
    case DecisionTest::State::none:
      return "no decisions";
    case DecisionTest::State::held:
      return count + " as before";
    case DecisionTest::State::differ:
      return "decisions differ";
    case DecisionTest::State::missing:
      return count + ", no baseline";
    case DecisionTest::State::not_compared:
      return count + ", not compared";
  }
  return "";
}

std::vector<std::string> row_of(const ScenarioTest& test, bool colour) {
  const std::string name = painted(test.name, colour ? Colour::bold : Colour::none);
  switch (test.state) {
    case ScenarioTest::State::not_run:
      return {painted("-", colour ? Colour::dim : Colour::none), name, "not run", "", ""};
    case ScenarioTest::State::refused:
      return {mark(false, colour), name, "cannot be loaded or run", "", ""};
    case ScenarioTest::State::broke:
      return {mark(false, colour), name, "broke off", "", ""};
    case ScenarioTest::State::ran:
      break;
  }
  const std::string checks =
      test.checks.empty()
          ? "no checks"
          : fmt::format("{} of {} held", test.checks_held(), counted(test.checks.size(), "check"));
  return {mark(test.held(), colour), name, checks, words_of(test.decisions),
          readable_length(duration_of(test.simulated_s)) + " simulated"};
}

std::string indented(const std::string& text) {
  std::string out = "      ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "      ";
  }
  return out + "\n";
}

std::string problems_of(const ScenarioTest& test, bool colour) {
  if (!test.error.empty()) return indented(test.error);
  Table failed({left, left, right, left});
  for (const Summary::CheckResult& check : test.checks) {
    if (check.held) continue;
    const std::string at = check.at_s ? readable_instant(duration_of(*check.at_s)) : "";
    failed.add({mark(false, colour), check.name, at, check.detail});
  }
  std::string text = failed.text("      ");
  if (const std::string problem = decisions_problem(test); !problem.empty())
    text += indented(problem);
  return text;
}

std::string total(const TestReport& report) {
  using State = ScenarioTest::State;
  const std::size_t refused = report.count(State::refused), broke = report.count(State::broke);
  const std::size_t not_run = report.count(State::not_run);
  const std::size_t failed = report.count(State::ran) - report.held();
  std::size_t checks = 0, held = 0;
  for (const ScenarioTest& test : report.scenarios) {
    checks += test.checks.size();
    held += test.checks_held();
  }
  std::string text =
      fmt::format("{} of {} held", report.held(), counted(report.scenarios.size(), "scenario"));
  if (failed > 0) text += fmt::format(", {} failed", failed);
  if (refused > 0) text += fmt::format(", {} cannot be loaded or run", refused);
  if (broke > 0) text += fmt::format(", {} broke off", broke);
  if (not_run > 0) text += fmt::format(", {} not run", not_run);
  return fmt::format("{}; {} of {} held; seed {}\n", text, held, counted(checks, "check"),
                     report.seed);
}

}  // namespace

std::string decisions_problem(const ScenarioTest& test) {
  using enum DecisionTest::State;
  const DecisionTest& decisions = test.decisions;
  if (test.decisions_held()) return "";
  const std::string mend = "thaw test " + test.name + " --write-decisions";
  if (decisions.state == missing)
    return "there is no " + decisions.file + " to compare the decisions with\nto write it: " + mend;
  std::string text = "the decisions are not those of " + decisions.file + ":";
  const std::size_t told = std::min(kMostLines, decisions.difference.size());
  for (std::size_t i = 0; i < told; ++i) text += "\n  " + decisions.difference[i];
  if (told < decisions.difference.size())
    text += fmt::format("\n  … and {} more", counted(decisions.difference.size() - told, "line"));
  return text + "\nif this is meant: " + mend;
}

std::string to_text(const TestReport& report, bool colour) {
  // The table is laid out whole; what did not hold goes between its rows.
  Table table({left, left, left, left, left});
  for (const ScenarioTest& test : report.scenarios) table.add(row_of(test, colour));
  const std::string rows = table.text("");
  std::string text;
  std::size_t at = 0;
  for (const ScenarioTest& test : report.scenarios) {
    const std::size_t end = rows.find('\n', at) + 1;
    text += rows.substr(at, end - at) + problems_of(test, colour);
    at = end;
  }
  return text + "\n" + total(report);
}

}  // namespace thaw::app
