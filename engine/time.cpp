#include "engine/time.hpp"

#include <fmt/format.h>

#include <string_view>

namespace thaw {
namespace {

constexpr std::uint64_t kMicrosecond = 1'000;
constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;

// ".25" for 250 of 1000; empty for 0. `unit` is a power of ten, `part` below it.
std::string fraction(std::uint64_t part, std::uint64_t unit) {
  if (part == 0) return {};
  std::string text = ".";
  for (; part != 0; part %= unit) {
    unit /= 10;
    text += static_cast<char>('0' + part / unit);
  }
  return text;
}

std::string decimal(std::uint64_t ns, std::uint64_t unit, std::string_view name) {
  return fmt::format("{}{}{}", ns / unit, fraction(ns % unit, unit), name);
}

std::string below_a_second(std::uint64_t ns) {
  if (ns >= kMillisecond) return decimal(ns, kMillisecond, "ms");
  if (ns >= kMicrosecond) return decimal(ns, kMicrosecond, "us");
  return decimal(ns, 1, "ns");
}

}  // namespace

std::string to_text(Duration d) {
  if (d == Duration::zero()) return "0s";
  std::string text = d < Duration::zero() ? "-" : "";
  // Negated as an unsigned number: the least Duration has no positive counterpart.
  const auto bits = static_cast<std::uint64_t>(d.count());
  std::uint64_t ns = d < Duration::zero() ? 0 - bits : bits;
  if (ns < kSecond) return text + below_a_second(ns);
  if (ns >= kHour) text += fmt::format("{}h", ns / kHour);
  ns %= kHour;
  if (ns >= kMinute) text += fmt::format("{}min", ns / kMinute);
  ns %= kMinute;
  if (ns != 0) text += decimal(ns, kSecond, "s");
  return text;
}

std::string to_text(TimePoint t) {
  // By whole seconds: the first midnight of the range, in nanoseconds, is already outside of it.
  const std::chrono::sys_seconds second{std::chrono::floor<std::chrono::seconds>(t.since_epoch)};
  const auto midnight = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss<std::chrono::seconds> clock{second - midnight};
  const Duration rest = t.since_epoch % 1s;
  const Duration subsecond = rest < Duration::zero() ? rest + 1s : rest;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     fraction(static_cast<std::uint64_t>(subsecond.count()), kSecond));
}

}  // namespace thaw
