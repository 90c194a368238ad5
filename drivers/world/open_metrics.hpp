// Text of OpenMetrics 1.0: families with HELP and TYPE, escaped labels, # EOF.
// Source: the OpenMetrics specification (prometheus/OpenMetrics, v1.0.0).
#pragma once

#include <cstdint>
#include <span>
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
  void histogram(std::string_view name, std::string_view help);
  void sample(const Labels& labels, double value);  // of the last family
  // Of the last one, a histogram: `counts` of each bucket alone, the last above every bound.
  void buckets(const Labels& labels, std::span<const double> bounds,
               std::span<const std::uint64_t> counts, double sum);
  std::string finish() &&;

  static constexpr std::string_view kContentType =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

 private:
  void family(std::string_view name, std::string_view help, const char* type);
  void line(std::string_view suffix, const Labels& labels, double value);
  std::string text_, name_;
};

}  // namespace thaw::world
