#include <algorithm>
#include <cmath>
#include <utility>

#include "app/decide/case.hpp"

namespace thaw::app {
namespace {

constexpr double kTolerance = 1e-6;

bool same_number(const Json& expected, const Json& decided) {
  if (expected.is_number_integer() && decided.is_number_integer()) return expected == decided;
  const double e = expected.get<double>(), d = decided.get<double>();
  return std::abs(e - d) <= kTolerance * std::max(1.0, std::abs(e));
}

void compare(const Json& expected, const Json& decided, const std::string& path,
             std::vector<std::string>& differs) {
  if (expected.is_object() && decided.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      const std::string below = path.empty() ? key : path + "." + key;
      const auto found = decided.find(key);
      if (found == decided.end()) {
        differs.push_back(below);
      } else {
        compare(value, *found, below, differs);
      }
    }
    return;
  }
  if (expected.is_array() && decided.is_array() && expected.size() == decided.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      compare(expected[i], decided[i], path + "[" + std::to_string(i) + "]", differs);
    }
    return;
  }
  const bool same = expected.is_number() && decided.is_number()
                        ? same_number(expected, decided)
                        : expected.type() == decided.type() && expected == decided;
  if (!same) differs.push_back(path);
}

}  // namespace

Verdict judge(Json step, Json expected, Json decided) {
  Verdict verdict{std::move(step), std::move(expected), std::move(decided), {}};
  compare(verdict.expected, verdict.decided, "", verdict.differs);
  return verdict;
}

}  // namespace thaw::app
