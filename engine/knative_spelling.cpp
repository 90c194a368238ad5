#include "engine/knative_spelling.hpp"

#include <algorithm>
#include <array>

namespace thaw {
namespace {

constexpr std::array<std::string_view, 10> kWithOlderSpelling{"target-utilization-percentage",
                                                              "target-burst-capacity",
                                                              "panic-window-percentage",
                                                              "panic-threshold-percentage",
                                                              "min-scale",
                                                              "max-scale",
                                                              "initial-scale",
                                                              "scale-down-delay",
                                                              "scale-to-zero-pod-retention-period",
                                                              "metric-aggregation-algorithm"};

std::string camel_case(std::string_view key) {
  std::string text;
  bool after_dash = false;
  for (const char c : key) {
    if (c != '-') text += after_dash ? static_cast<char>(c - 'a' + 'A') : c;
    after_dash = c == '-';
  }
  return text;
}

}  // namespace

std::span<const std::string_view> keys_with_older_spelling() { return kWithOlderSpelling; }

std::string older_spelling(std::string_view key) {
  return std::ranges::find(kWithOlderSpelling, key) == kWithOlderSpelling.end() ? ""
                                                                                : camel_case(key);
}

std::string newer_spelling(std::string_view older) {
  const auto found = std::ranges::find_if(
      kWithOlderSpelling, [&](std::string_view key) { return camel_case(key) == older; });
  return found == kWithOlderSpelling.end() ? "" : std::string(*found);
}

}  // namespace thaw
