#include "app/test/result.hpp"

#include <algorithm>
#include <charconv>

#include "engine/invariant.hpp"

namespace thaw::app {
namespace {

// The shortest text that reads back as the same double.
std::string exact(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return {buffer, end};
}

double number_of(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Reads texts in the order in which they were written.
class Reader {
 public:
  explicit Reader(const std::vector<std::string>& texts) : texts_(texts) {}

  const std::string& text() {
    THAW_CHECK(at_ < texts_.size(), "a result is read as it was written");
    return texts_[at_++];
  }
  std::size_t size() { return std::stoull(text()); }

 private:
  const std::vector<std::string>& texts_;
  std::size_t at_ = 0;
};

}  // namespace

std::size_t ScenarioTest::checks_held() const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const auto& check) { return check.held; }));
}

bool ScenarioTest::decisions_held() const {
  using enum DecisionTest::State;
  return (decisions.state != differ && decisions.state != missing) || decisions.written;
}

bool ScenarioTest::held() const {
  return state == State::ran && checks_held() == checks.size() && decisions_held();
}

std::size_t TestReport::count(ScenarioTest::State state) const {
  return static_cast<std::size_t>(
      std::count_if(scenarios.begin(), scenarios.end(),
                    [&](const ScenarioTest& test) { return test.state == state; }));
}

std::size_t TestReport::held() const {
  return static_cast<std::size_t>(std::count_if(
      scenarios.begin(), scenarios.end(), [](const ScenarioTest& test) { return test.held(); }));
}

std::vector<std::string> to_texts(const ScenarioTest& test) {
  const DecisionTest& decisions = test.decisions;
  std::vector<std::string> texts = {exact(test.simulated_s),
                                    std::to_string(static_cast<int>(decisions.state)),
                                    std::to_string(decisions.count),
                                    decisions.file,
                                    decisions.text,
                                    std::to_string(decisions.difference.size())};
  texts.insert(texts.end(), decisions.difference.begin(), decisions.difference.end());
  texts.push_back(std::to_string(test.checks.size()));
  for (const Summary::CheckResult& check : test.checks) {
    for (const std::string& text : {check.name, std::string(check.held ? "1" : "0"),
                                    check.at_s ? exact(*check.at_s) : "", check.detail})
      texts.push_back(text);
  }
  return texts;
}

void from_texts(const std::vector<std::string>& texts, ScenarioTest& test) {
  Reader reader(texts);
  test.state = ScenarioTest::State::ran;
  test.simulated_s = number_of(reader.text());
  DecisionTest& decisions = test.decisions;
  decisions.state = static_cast<DecisionTest::State>(reader.size());
  decisions.count = reader.size();
  decisions.file = reader.text();
  decisions.text = reader.text();
  decisions.difference.resize(reader.size());
  for (std::string& line : decisions.difference) line = reader.text();
  test.checks.resize(reader.size());
  for (Summary::CheckResult& check : test.checks) {
    check.name = reader.text();
    check.held = reader.text() == "1";
    if (const std::string& at = reader.text(); !at.empty()) check.at_s = number_of(at);
    check.detail = reader.text();
  }
}

}  // namespace thaw::app
