#include "engine/lint/finding.hpp"

#include <tuple>

namespace thaw::lint {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

bool before(const Finding& a, const Finding& b) {
  const auto key = [](const Finding& f) {
    return std::tie(f.place.file, f.place.line, f.place.column, f.code, f.message);
  };
  return key(a) < key(b);
}

}  // namespace thaw::lint
