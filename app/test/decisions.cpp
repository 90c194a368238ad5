#include "app/test/decisions.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "app/test/difference.hpp"
#include "engine/report/output.hpp"

namespace thaw::app {
namespace {

namespace fs = std::filesystem;

std::string word_of(const TimelineEvent& event, const char* field) {
  for (const auto& [key, value] : event.fields) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (key == field && number) return std::to_string(*number);
  }
  return "?";
}

std::string line_of(const TimelineEvent& event, TimePoint start) {
  const Duration at = std::chrono::round<std::chrono::milliseconds>(event.at - start);
  return thaw::to_text(at) + "  " + event.name + "  " + word_of(event, "was") + " → " +
         word_of(event, "desired") + "  " + event.what;
}

// Empty when there is no such file.
std::optional<std::string> text_of(const std::string& file) {
  std::error_code none;
  if (!fs::exists(file, none)) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw std::runtime_error(file + ": " + std::generic_category().message(errno));
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) line.pop_back();  // a checkout may have changed the ends of lines
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::string baseline_of(const std::string& scenario_file) {
  const fs::path path(scenario_file);
  return (path.parent_path() / "decisions" / path.stem()).string() + ".txt";
}

DecisionTest test_decisions(const std::string& scenario_file, const Timeline& timeline,
                            TimePoint start, std::uint64_t seed) {
  using enum DecisionTest::State;
  DecisionTest test;
  test.file = baseline_of(scenario_file);
  for (const TimelineEvent& event : timeline) {
    if (event.kind != EventKind::decision) continue;
    test.text += line_of(event, start) + "\n";
    ++test.count;
  }
  if (seed != kBaselineSeed) {
    test.state = not_compared;
    return test;
  }
  const std::optional<std::string> before = text_of(test.file);
  if (!before) {
    test.state = test.text.empty() ? none : missing;
    return test;
  }
  test.difference = difference(lines_of(*before), lines_of(test.text));
  test.state = test.difference.empty() ? held : differ;
  return test;
}

void write_decisions(TestReport& report) {
  using enum DecisionTest::State;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> folders;
  for (ScenarioTest& test : report.scenarios) {
    DecisionTest& decisions = test.decisions;
    if (decisions.state != differ && decisions.state != missing) continue;
    const fs::path file(decisions.file);
    if (decisions.text.empty()) {
      fs::remove(file);
    } else {
      folders[file.parent_path().string()].emplace_back(file.filename().string(), decisions.text);
    }
    decisions.written = true;
  }
  for (const auto& [folder, files] : folders) write_files(folder, files);
}

}  // namespace thaw::app
