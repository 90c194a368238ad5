#include <fmt/format.h>

#include "app/test/report.hpp"
#include "app/test/xml.hpp"

namespace thaw::app {
namespace {

// What a test case has to say: nothing if it held.
struct Verdict {
  enum class Kind { held, failure, error, skipped } kind = Kind::held;
  std::string message, details;
};

struct Suite {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  std::string cases;

  void add(const std::string& suite, const std::string& name, const Verdict& verdict) {
    ++tests;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_escaped(suite),
                         xml_escaped(name));
    if (verdict.kind == Verdict::Kind::held) {
      cases += "/>\n";
      return;
    }
    const char* element = count(verdict.kind);
    cases += fmt::format(">\n      <{} message=\"{}\">{}</{}>\n    </testcase>\n", element,
                         xml_escaped(verdict.message), xml_escaped(verdict.details), element);
  }

  std::string totals() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", tests, failures,
                       errors, skipped);
  }

 private:
  const char* count(Verdict::Kind kind) {
    switch (kind) {
      case Verdict::Kind::held:
        break;
      case Verdict::Kind::failure:
        ++failures;
        return "failure";
      case Verdict::Kind::error:
        ++errors;
        return "error";
      case Verdict::Kind::skipped:
        ++skipped;
        return "skipped";
    }
    return "";
  }
};

Verdict of_run(const ScenarioTest& test) {
  switch (test.state) {
    case ScenarioTest::State::ran:
      break;
    case ScenarioTest::State::not_run:
      return {Verdict::Kind::skipped, "interrupted before it was through", ""};
    case ScenarioTest::State::refused:
      return {Verdict::Kind::error, "the scenario cannot be loaded or run", test.error};
    case ScenarioTest::State::broke:
      return {Verdict::Kind::error, "the run broke off", test.error};
  }
  return {};
}

Verdict of_decisions(const ScenarioTest& test) {
  switch (test.decisions.state) {
    case DecisionTest::State::none:
    case DecisionTest::State::held:
      return {};
    case DecisionTest::State::not_compared:
      return {Verdict::Kind::skipped, "the baseline is of seed 1", ""};
    case DecisionTest::State::differ:
    case DecisionTest::State::missing:
      break;
  }
  if (test.decisions_held()) return {};
  const bool missing = test.decisions.state == DecisionTest::State::missing;
  return {Verdict::Kind::failure, missing ? "no baseline" : "the decisions differ",
          decisions_problem(test)};
}

Verdict of_check(const Summary::CheckResult& check) {
  if (check.held) return {};
  const std::string at = check.at_s ? fmt::format("after {} s: ", *check.at_s) : "";
  return {Verdict::Kind::failure, check.detail, at + check.detail};
}

Suite suite_of(const ScenarioTest& test) {
  Suite suite;
  suite.add(test.name, "runs", of_run(test));
  if (test.state != ScenarioTest::State::ran) return suite;
  suite.add(test.name, "decisions", of_decisions(test));
  for (const Summary::CheckResult& check : test.checks)
    suite.add(test.name, "check: " + check.name, of_check(check));
  return suite;
}

std::string properties_of(const TestReport& report, const ScenarioTest& test) {
  std::string text =
      fmt::format("    <properties>\n      <property name=\"seed\" value=\"{}\"/>\n", report.seed);
  if (test.state == ScenarioTest::State::ran)
    text += fmt::format("      <property name=\"simulated_s\" value=\"{}\"/>\n", test.simulated_s);
  return text + "    </properties>\n";
}

}  // namespace

std::string to_junit(const TestReport& report) {
  Suite all;
  for (const ScenarioTest& test : report.scenarios) {
    const Suite one = suite_of(test);
    all.tests += one.tests;
    all.failures += one.failures;
    all.errors += one.errors;
    all.skipped += one.skipped;
    all.cases +=
        fmt::format("  <testsuite name=\"{}\" {}>\n{}{}  </testsuite>\n", xml_escaped(test.name),
                    one.totals(), properties_of(report, test), one.cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"thaw test\" {}>\n"
      "{}</testsuites>\n",
      all.totals(), all.cases);
}

}  // namespace thaw::app
