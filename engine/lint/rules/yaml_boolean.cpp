// TH105: `on`, `yes` or a bare number where Kubernetes wants text.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/lint/not_text.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::yaml_boolean {
namespace {

constexpr std::array<std::string_view, 11> kTrue{"y",    "Y",    "yes", "Yes", "YES", "true",
                                                 "True", "TRUE", "on",  "On",  "ON"};

std::string read_as(const std::string& scalar) {
  if (std::ranges::find(kTrue, scalar) != kTrue.end()) return "the boolean true";
  const char first = scalar.empty() ? ' ' : scalar.front();
  const bool number =
      (first >= '0' && first <= '9') || first == '.' || first == '-' || first == '+';
  return number ? "a number" : "the boolean false";
}

void check(const Subject& subject, Report& report) {
  for (const NotText& found : not_text(subject)) {
    const std::string& scalar = found.value->scalar;
    report.add(
        found.value->place,
        fmt::format("{} is {} in YAML 1.1, as kubectl reads it, and {} must be text: the API "
                    "server refuses the object",
                    scalar, read_as(scalar), found.of),
        fmt::format("write \"{}\", with quotes", scalar));
  }
}

}  // namespace

Rule rule() {
  return {"TH105", "yaml-boolean", Severity::error,
          "on, yes or a bare number where Kubernetes wants text", check};
}

}  // namespace thaw::lint::yaml_boolean
