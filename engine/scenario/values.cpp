#include "engine/scenario/values.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "engine/scenario/rfc3339.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::scenario {
namespace {

constexpr std::size_t kLongestName = 253;  // Kubernetes' own limit for names
constexpr double kFastest = 1e6;           // arrivals a second

constexpr const char* kSizePattern = R"([0-9]+(\.[0-9]+)?(B|[kMGT]B|[KMGT]iB))";

bool is_name(std::string_view text) {
  const auto blank_or_control = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' '; };
  return !text.empty() && text.size() <= kLongestName && !blank_or_control(text.front()) &&
         !blank_or_control(text.back()) && std::none_of(text.begin(), text.end(), control);
}

// RFC 1123 label, as Kubernetes demands of most names.
bool is_dns_label(std::string_view text) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 63 && letter_or_digit(text.front()) &&
         letter_or_digit(text.back()) && std::all_of(text.begin(), text.end(), [&](char c) {
           return letter_or_digit(c) || c == '-';
         });
}

std::optional<Money> parse_money(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos || text.size() != blank + 4) return {};
  const std::string_view currency = text.substr(blank + 1);
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto amount = units::billionths(text.substr(0, blank));
  constexpr Nanomoney kMost = 1'000'000'000'000'000;  // a million
  if (!amount || *amount > kMost || !std::all_of(currency.begin(), currency.end(), upper))
    return {};
  return Money{std::string(currency), *amount};
}

std::optional<Price> parse_price(std::string_view text) {
  if (!text.ends_with("/h")) return {};
  const auto an_hour = parse_money(text.substr(0, text.size() - 2));
  if (!an_hour) return {};
  return Price{an_hour->currency, an_hour->amount, "the scenario", true};
}

Shape<std::string> checked_text(LeafText about, bool (*accept)(std::string_view)) {
  return leaf<std::string>(about, [accept](std::string_view text) {
    return accept(text) ? std::optional<std::string>(text) : std::nullopt;
  });
}

}  // namespace

std::optional<Taint> parse_taint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  Taint taint;
  const std::string_view effect = text.substr(colon + 1);
  if (effect == "NoSchedule") {
    taint.effect = TaintEffect::no_schedule;
  } else if (effect == "PreferNoSchedule") {
    taint.effect = TaintEffect::prefer_no_schedule;
  } else if (effect == "NoExecute") {
    taint.effect = TaintEffect::no_execute;
  } else {
    return {};
  }
  const std::string_view key = text.substr(0, std::min(colon, text.find('=')));
  taint.key = key;
  if (key.size() < colon) taint.value = text.substr(key.size() + 1, colon - key.size() - 1);
  const bool blanks = text.find_first_of(" \t\r\n") != std::string_view::npos;
  return key.empty() || blanks ? std::nullopt : std::optional(taint);
}

Shape<Duration> duration() {
  return leaf<Duration>({.expected = "a duration such as 5s or 2h30min",
                         .pattern = "^" + std::string(kDurationPattern) + "$",
                         .unit = "s"},
                        units::duration);
}

Shape<Duration> duration_of(Duration least) {
  return leaf<Duration>({.expected = "a duration of at least " + to_text(least),
                         .pattern = "^" + std::string(kDurationPattern) + "$",
                         .unit = "s"},
                        [least](std::string_view text) {
                          const auto value = units::duration(text);
                          return value && *value >= least ? value : std::nullopt;
                        });
}

Shape<Bytes> size() {
  return leaf<Bytes>({.expected = "a size above 0 such as 638MB or 1.9GiB",
                      .pattern = "^" + std::string(kSizePattern) + "$",
                      .unit = "B"},
                     [](std::string_view text) {
                       const auto value = units::bytes(text);
                       return value && value->count > 0 ? value : std::nullopt;
                     });
}

Shape<BytesPerSecond> bandwidth() {
  return leaf<BytesPerSecond>({.expected = "a bandwidth above 0 such as 500MB/s",
                               .pattern = "^" + std::string(kSizePattern) + "/s$",
                               .unit = "B/s"},
                              [](std::string_view text) {
                                const auto value = units::bandwidth(text);
                                return value && value->count > 0 ? value : std::nullopt;
                              });
}

Shape<double> rate() {
  return leaf<double>({.expected = "a rate above 0 and up to 1000000/s such as 0.5/s or 30/min",
                       .pattern = "^[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?/(s|min|h)$",
                       .unit = "/s"},
                      [](std::string_view text) {
                        const auto value = units::rate(text);
                        return value && *value > 0 && *value <= kFastest ? value : std::nullopt;
                      });
}

Shape<double> ratio() {
  return leaf<double>({.expected = "a fraction from 0 to 1 such as 0.35 or 35%",
                       .types = {"number", "string"},
                       .pattern = "^[0-9]+(\\.[0-9]+)?%$",
                       .least = 0,
                       .most = 1,
                       .plain = true},
                      units::ratio);
}

Shape<double> variation() {
  constexpr int kMost = 100;
  return leaf<double>({.expected = "a number from 0 to 100",
                       .types = {"number"},
                       .least = 0,
                       .most = kMost,
                       .plain = true},
                      [](std::string_view text) {
                        const auto value = units::number(text);
                        return value && *value >= 0 && *value <= kMost ? value : std::nullopt;
                      });
}

Shape<int> integer(int least, int most) {
  return leaf<int>(
      {.expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most),
       .types = {"integer"},
       .least = least,
       .most = most,
       .plain = true},
      [least, most](std::string_view text) -> std::optional<int> {
        const auto value = units::integer(text);
        if (!value || *value < least || *value > most) return {};
        return static_cast<int>(*value);
      });
}

Shape<bool> yes_or_no() {
  return leaf<bool>({.expected = "true or false",
                     .types = {"boolean"},
                     .choices = {"true", "false"},
                     .plain = true},
                    [](std::string_view text) {
                      return text == "true" || text == "false" ? std::optional(text == "true")
                                                               : std::nullopt;
                    });
}

Shape<bool> only_true() {
  return leaf<bool>(
      {.expected = "true", .types = {"boolean"}, .choices = {"true"}, .plain = true},
      [](std::string_view text) { return text == "true" ? std::optional(true) : std::nullopt; });
}

Shape<Millicores> cpu() {
  return leaf<Millicores>({.expected = "a number of CPUs above 0 such as 8 or 500m",
                           .types = {"number", "string"},
                           .pattern = "^[0-9]+m?$",
                           .least = 0},
                          [](std::string_view text) -> std::optional<Millicores> {
                            constexpr std::int64_t kMost = 100'000'000;  // a hundred thousand CPUs
                            const auto value = units::kubernetes_milli(text);
                            if (!value || *value <= 0 || *value > kMost) return {};
                            return Millicores(*value);
                          });
}

Shape<Price> price() {
  return leaf<Price>({.expected = "a price such as 0.75 EUR/h",
                      .pattern = "^[0-9]+(\\.[0-9]+)? [A-Z]{3}/h$",
                      .unit = " EUR/h"},
                     parse_price);
}

Shape<Money> money() {
  return leaf<Money>({.expected = "an amount such as 0.002 EUR",
                      .pattern = "^[0-9]+(\\.[0-9]+)? [A-Z]{3}$",
                      .unit = " EUR"},
                     parse_money);
}

Shape<TimePoint> time_point() {
  return leaf<TimePoint>(
      {.expected = "a time in UTC such as 2026-01-05T00:00:00Z, of the years 1970 to 2149",
       .pattern = R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$)"},
      parse_rfc3339);
}

Shape<Version> version() {
  return leaf<Version>({.expected = "a version such as \"0.24\"",
                        .types = {"string", "number"},
                        .pattern = "^[0-9]+(\\.[0-9]+)+$"},
                       parse_version);
}

Shape<Taint> taint() {
  return leaf<Taint>(
      {.expected = "a taint such as key=value:NoSchedule (or PreferNoSchedule, NoExecute)",
       .pattern = "^[^=: ]+(=[^ ]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$"},
      parse_taint);
}

Shape<std::string> text() {
  return checked_text({.expected = "a text"}, [](std::string_view text) { return !text.empty(); });
}

Shape<std::string> name() {
  return checked_text({.expected = "a name of at most 253 characters, no blanks around it"},
                      is_name);
}

Shape<std::string> dns_label() {
  return checked_text({.expected = "a name of at most 63 small letters, digits and inner hyphens",
                       .pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
                      is_dns_label);
}

Shape<std::string> request_path() {
  return checked_text(
      {.expected = "a path that begins with /", .pattern = "^/[^\\s]*$"},
      [](std::string_view text) {
        const auto blank_or_control = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
        return text.starts_with('/') && std::none_of(text.begin(), text.end(), blank_or_control);
      });
}

Shape<std::string> exactly(const std::string& word) { return choice<std::string>({{word, word}}); }

Shape<std::string> reference(Reference::To to) {
  Shape<std::string> shape = name();
  auto read = [to, inner = shape.read](const Cursor& at) {
    const auto value = inner(at);
    if (value) at.refer(to, *value);
    return value;
  };
  return {std::move(read), std::move(shape.schema)};
}

}  // namespace thaw::scenario
