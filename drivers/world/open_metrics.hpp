// Text of OpenMetrics 1.0: families with HELP and TYPE, escaped labels, # EOF.
// Source: the OpenMetrics specification (prometheus/OpenMetrics, v1.0.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw::world {

class OpenMetrics {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  // A counter's name is without `_total`.
  void counter(std::string_view name, std::string_view help);
  void gauge(std::string_view name, std::string_view help);
  void sample(const Labels& labels, double value);  // of the last family
  std::string finish() &&;

  static constexpr std::string_view kContentType =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

 private:
  void family(std::string_view name, std::string_view help, const char* type);
  std::string text_, name_;
};

}  // namespace thaw::world
