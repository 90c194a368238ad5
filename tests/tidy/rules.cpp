#include "tests/tidy/rules.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

namespace thaw::tidy {
namespace {

constexpr std::size_t kMostLines = 500;

std::string finding(const SourceFile& file, std::size_t index, const std::string& what) {
  return file.path + ":" + std::to_string(index + 1) + ": " + what;
}

// The first part of a path is the room it stands in: "sim/fluid" for itself, else the top folder.
std::string room_of(const std::string& path) {
  if (path.starts_with("sim/fluid/")) return "sim/fluid";
  return path.substr(0, path.find('/'));
}

bool is_in_any(const SourceFile& file, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders,
                             [&](const std::string& folder) { return file.is_in(folder); });
}

struct Include {
  bool angled;
  std::string target;
};

std::optional<Include> include_in(const std::string& line) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::smatch match;
  if (!std::regex_search(line, match, pattern)) return std::nullopt;
  return Include{match[1] == "<", match[2]};
}

// Every line of code in the named folders that the pattern finds, reported as `what` with the
// match's last group.
Findings matches(const Tree& tree, const std::vector<std::string>& folders,
                 const std::regex& pattern, const std::string& what) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!is_in_any(file, folders)) continue;
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      std::smatch match;
      if (std::regex_search(file.code[i], match, pattern)) {
        findings.push_back(finding(file, i, match[match.size() - 1].str() + what));
      }
    }
  }
  return findings;
}

// What a CMakeLists.txt names, comments aside.
std::set<std::string> names_in(const SourceFile& list) {
  std::set<std::string> names;
  for (const std::string& line : list.lines) {
    std::string words = line.substr(0, line.find('#'));
    std::ranges::replace_if(
        words, [](char c) { return c == '(' || c == ')' || c == '"'; }, ' ');
    std::istringstream in(words);
    for (std::string word; in >> word;) names.insert(word);
  }
  return names;
}

// By its name, or by a glob: "*.cpp" for the folder itself, "rules/*.cpp" for one below it,
// "*/*.cpp" for all of those.
bool names(const std::set<std::string>& list, const std::string& source) {
  const std::size_t slash = source.rfind('/');
  if (list.contains(source)) return true;
  if (slash == std::string::npos) return list.contains("*.cpp");
  return list.contains(source.substr(0, slash) + "/*.cpp") ||
         (source.find('/') == slash && list.contains("*/*.cpp"));
}

}  // namespace

Findings includes_against_the_grain(const Tree& tree) {
  static const std::map<std::string, std::set<std::string>> allowed = {
      {"engine", {"engine"}},
      {"policies", {"engine", "policies"}},
      {"sim", {"engine", "sim", "sim/fluid"}},
      {"sim/fluid", {"engine", "sim/fluid"}},
      {"drivers", {"engine", "drivers"}},
      {"app", {"engine", "policies", "sim", "sim/fluid", "drivers", "app"}},
  };
  Findings findings;
  for (const SourceFile& file : tree) {
    const auto rule = allowed.find(room_of(file.path));
    if (!file.is_cpp() || rule == allowed.end()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto include = include_in(file.lines[i]);
      if (!include || include->angled || rule->second.contains(room_of(include->target))) continue;
      findings.push_back(
          finding(file, i, rule->first + " must not include \"" + include->target + "\""));
    }
  }
  return findings;
}

Findings libraries_out_of_place(const Tree& tree) {
  // A header's first letters, and where it may stand. Tests read back what the product writes, and
  // hold its sharing against SimGrid's own.
  static const std::vector<std::pair<std::string, std::vector<std::string>>> places = {
      {"yaml-cpp/", {"engine/scenario/yaml.cpp"}},
      {"simgrid/", {"sim/fluid/", "tests/sim/sharing/solver_test.cpp"}},
      {"xbt/", {"sim/fluid/"}},
      {"CLI/", {"app/"}},
      {"date/", {"engine/time_zone.cpp"}},
      {"nlohmann/",
       {"engine/scenario/", "engine/calibration/", "engine/diff/", "engine/lint/",
        "engine/recording/", "engine/report/", "engine/traces/", "policies/exec/", "app/decide/",
        "app/test/", "drivers/applied/", "drivers/fixture/", "drivers/gateway/async/",
        "drivers/kubernetes/", "drivers/observed/", "drivers/trial/", "drivers/metrics/",
        "drivers/world/", "tests/"}},
      {"sqlite3", {"drivers/gateway/async/"}},
      // A second reader of requests, to hold ours against.
      {"boost/beast/", {"drivers/http/", "tests/drivers/gateway/agreement_test.cpp"}},
      {"boost/asio/ssl/", {"drivers/http/", "tests/drivers/", "tests/live/"}},
      {"boost/",
       {"drivers/", "bench/bench_async.cpp", "bench/bench_loadgen.cpp", "tests/drivers/",
        "tests/live/"}},
      {"openssl/", {"drivers/http/", "tests/drivers/", "tests/live/"}},
      {"benchmark/", {"bench/"}},
      {"gtest/", {"tests/"}},
      {"gmock/", {"tests/"}},
  };
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto include = include_in(file.lines[i]);
      if (!include) continue;
      const auto rule = std::ranges::find_if(
          places, [&](const auto& place) { return include->target.starts_with(place.first); });
      if (rule != places.end() && !is_in_any(file, rule->second)) {
        findings.push_back(
            finding(file, i, "<" + include->target + "> belongs to " + rule->second.front()));
      }
      if (include->target.starts_with("fmt/") && file.path.ends_with(".hpp")) {
        findings.push_back(finding(file, i, "{fmt} is for .cpp files only"));
      }
    }
  }
  return findings;
}

Findings machine_dependent_math(const Tree& tree) {
  static const std::regex function(
      "(?:^|[^A-Za-z0-9_.>:])(?:std::|::)?"
      "((?:log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|"
      "asinh|acosh|"
      "atanh|cbrt|hypot|erf|erfc|tgamma|lgamma)[fl]?)\\s*\\(");
  Findings findings = matches(tree, {"engine/", "policies/", "sim/"}, function,
                              "() is libm's: use engine/math.hpp");
  // Our own functions bear the same names; there only std:: tells libm's apart, and no other line
  // may have it.
  std::erase_if(findings, [](const std::string& line) { return line.starts_with("engine/math."); });
  static const std::regex qualified(
      "std::((?:log|exp|pow|sin|cos|tan|asin|acos|atan|cbrt|hypot|erf|tgamma|lgamma)[a-z0-9]*)\\s*"
      "\\(");
  const Findings own = matches(tree, {"engine/math."}, qualified, "() is libm's");
  findings.insert(findings.end(), own.begin(), own.end());
  static const std::regex random_header("#\\s*include\\s*(<random>)");
  const Findings random = matches(tree, {"engine/", "policies/", "sim/"}, random_header,
                                  " differs between standard libraries: use engine/random.hpp");
  findings.insert(findings.end(), random.begin(), random.end());
  return findings;
}

Findings clocks_of_the_machine(const Tree& tree) {
  static const std::regex clock(
      "\\b(system_clock|steady_clock|high_resolution_clock|random_device|gettimeofday|clock_"
      "gettime|"
      "time(?=\\s*\\(\\s*(?:nullptr|NULL|0|&)))");
  return matches(tree, {"engine/", "policies/", "sim/"}, clock,
                 " reads the machine, not the world's clock");
}

Findings catch_all(const Tree& tree) {
  static const std::regex pattern("(catch)\\s*\\(\\s*\\.\\.\\.\\s*\\)");
  return matches(tree, {""}, pattern, " (...) survives what must not be survived: name the type");
}

Findings long_files(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool is_code = file.is_cpp() || file.path.ends_with(".py") ||
                         file.path.ends_with(".sh") || file.path == "dev" || file.path == ".ci/run";
    if (is_code && file.lines.size() > kMostLines) {
      findings.push_back(finding(
          file, kMostLines, "the file has more than " + std::to_string(kMostLines) + " lines"));
    }
  }
  return findings;
}

Findings headers_without_pragma_once(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.path.ends_with(".hpp") &&
        std::ranges::count(file.code, std::string("#pragma once")) != 1) {
      findings.push_back(finding(file, 0, "the header does not say #pragma once"));
    }
  }
  return findings;
}

Findings sources_in_no_build(const Tree& tree) {
  std::vector<std::pair<std::string, std::set<std::string>>>
      lists;  // folder with '/', what its list names
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with("CMakeLists.txt")) continue;
    lists.emplace_back(file.path.substr(0, file.path.rfind('/') + 1), names_in(file));
  }
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with(".cpp")) continue;
    if (!is_in_any(file, {"engine/", "policies/", "sim/", "drivers/", "app/"})) continue;
    const bool named = std::ranges::any_of(lists, [&](const auto& list) {
      return file.is_in(list.first) && names(list.second, file.path.substr(list.first.size()));
    });
    if (!named) findings.push_back(finding(file, 0, "no CMakeLists.txt names this source"));
  }
  return findings;
}

Findings paths_of_one_machine(const Tree& tree) {
  // Cut in two, so that this file does not break its own rule. A manifest may name the home in a
  // container.
  static const std::regex pattern(
      "(?:^|[^A-Za-z0-9_.}-])(/wo"
      "rk/|/ro"
      "ot/|/tmp/bash"
      "_jobs)");
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool manifest = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!manifest && std::regex_search(file.lines[i], match, pattern)) {
        findings.push_back(finding(file, i, match[1].str() + " is a path of one machine"));
      }
    }
  }
  return findings;
}

}  // namespace thaw::tidy
