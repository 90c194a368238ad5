#include "drivers/world/open_metrics.hpp"

#include <fmt/format.h>

namespace thaw::world {
namespace {

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

void OpenMetrics::family(std::string_view name, std::string_view help, const char* type) {
  text_ += fmt::format("# TYPE {} {}\n# HELP {} {}\n", name, type, name, help);
}

void OpenMetrics::counter(std::string_view name, std::string_view help) {
  family(name, help, "counter");
  name_ = std::string(name) + "_total";
}

void OpenMetrics::gauge(std::string_view name, std::string_view help) {
  family(name, help, "gauge");
  name_ = name;
}

void OpenMetrics::histogram(std::string_view name, std::string_view help) {
  family(name, help, "histogram");
  name_ = name;
}

void OpenMetrics::sample(const Labels& labels, double value) { line("", labels, value); }

void OpenMetrics::buckets(const Labels& labels, std::span<const double> bounds,
                          std::span<const std::uint64_t> counts, double sum) {
  std::uint64_t below = 0;
  Labels with = labels;
  std::string bound;
  with.emplace_back("le", bound);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    // A float has a point in it: 1.0, not 1.
    bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
    if (bound.find_first_of(".eI") == std::string::npos) bound += ".0";
    with.back().second = bound;
    line("_bucket", with, static_cast<double>(below));
  }
  line("_count", labels, static_cast<double>(below));
  line("_sum", labels, sum);
}

void OpenMetrics::line(std::string_view suffix, const Labels& labels, double value) {
  text_ += name_;
  text_ += suffix;
  for (std::size_t i = 0; i < labels.size(); ++i)
    text_ +=
        fmt::format("{}{}=\"{}\"", i == 0 ? "{" : ",", labels[i].first, escaped(labels[i].second));
  text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

std::string OpenMetrics::finish() && { return std::move(text_) + "# EOF\n"; }

}  // namespace thaw::world
