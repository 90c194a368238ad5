#include <fmt/format.h>

#include "engine/lint/lint.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint {
namespace {

std::string to_text(const Place& place) {
  std::string text = place.file;
  if (place.line > 0) text += ":" + std::to_string(place.line);
  if (place.line > 0 && place.column > 0) text += ":" + std::to_string(place.column);
  return text;
}

const char* colour_of(Severity severity) {
  return severity == Severity::error     ? "\x1b[1;31m"
         : severity == Severity::warning ? "\x1b[1;33m"
                                         : "\x1b[1;36m";
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string to_text(const Result& result, bool coloured) {
  std::string text;
  for (const Finding& finding : result.findings) {
    const Rule* const rule = find_rule(finding.code);
    const std::string_view name = rule ? rule->name : "";
    text += fmt::format("{}: {}{}:{} {} [{} {}]\n", to_text(finding.place),
                        coloured ? colour_of(finding.severity) : "", name_of(finding.severity),
                        coloured ? "\x1b[0m" : "", finding.message, finding.code, name);
    for (const Related& other : finding.related)
      text += fmt::format("    {}: {}\n", to_text(other.place), other.message);
    if (!finding.mend.empty()) text += fmt::format("    mend: {}\n", finding.mend);
  }
  if (result.findings.empty() && result.suppressed == 0) return "nothing found\n";
  text += fmt::format("{}, {}, {}", counted(result.count(Severity::error), "error"),
                      counted(result.count(Severity::warning), "warning"),
                      counted(result.count(Severity::info), "info"));
  if (result.suppressed > 0) text += fmt::format(", {} suppressed", result.suppressed);
  return text + "\n";
}

}  // namespace thaw::lint
