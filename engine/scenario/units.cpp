#include "engine/scenario/units.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <system_error>

namespace thaw::units {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kHundredYears =
    36'525LL * 24 * 3600 * 1'000'000'000;  // of 365.25 days, in ns
constexpr std::int64_t kMostBytes = std::int64_t{1} << 60;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// digits / 10^places, exactly.
struct Decimal {
  Wide digits = 0;
  int places = 0;
};

enum class Rounding { exact, down, nearest, up };

// Takes an unsigned decimal off the front of `text`. At most 28 digits: with nine more for
// billionths, 10^37 still fits. Go and Kubernetes also allow ".5" and "5."; the scenario file does
// not.
std::optional<Decimal> take_decimal(std::string_view& text, bool bare_point) {
  Decimal number;
  std::size_t i = 0, before = 0, after = 0;
  bool point = false;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    if (before + after >= 28) return {};
    (point ? after : before)++;
    number.digits = number.digits * 10 + static_cast<Wide>(text[i] - '0');
  }
  if (before + after == 0) return {};
  if (!bare_point && (before == 0 || (point && after == 0))) return {};
  number.places = static_cast<int>(after);
  text.remove_prefix(i);
  return number;
}

// number * multiplier as an integer of at most `most`.
std::optional<std::int64_t> scaled(Decimal number, Wide multiplier, Rounding rounding,
                                   std::int64_t most) {
  Wide divisor = 1;
  for (; number.places > 0; --number.places) divisor *= 10;
  if (number.digits != 0 && multiplier > ~Wide{0} / number.digits) return {};
  const Wide product = number.digits * multiplier;
  Wide whole = product / divisor;
  const Wide rest = product % divisor;
  if (rest != 0 && rounding == Rounding::exact) return {};
  if (rest != 0 &&
      (rounding == Rounding::up || (rounding == Rounding::nearest && rest >= divisor - rest)))
    ++whole;
  if (whole > static_cast<Wide>(most)) return {};
  return static_cast<std::int64_t>(whole);
}

struct Unit {
  std::string_view name;
  std::int64_t size;
};

template <std::size_t N>
const Unit* find(const std::array<Unit, N>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::string_view take_letters(std::string_view& text) {
  std::size_t i = 0;
  while (i < text.size() && !is_digit(text[i]) && text[i] != '.' && text[i] != ' ') ++i;
  const std::string_view letters = text.substr(0, i);
  text.remove_prefix(i);
  return letters;
}

constexpr std::array<Unit, 6> kDurationUnits{{{"ns", 1},
                                              {"us", 1'000},
                                              {"ms", 1'000'000},
                                              {"s", 1'000'000'000},
                                              {"min", 60'000'000'000},
                                              {"h", 3'600'000'000'000}}};

constexpr std::array<Unit, 8> kGoUnits{{{"ns", 1},
                                        {"us", 1'000},
                                        {"\u00b5s", 1'000},  // micro sign
                                        {"\u03bcs", 1'000},  // Greek mu
                                        {"ms", 1'000'000},
                                        {"s", 1'000'000'000},
                                        {"m", 60'000'000'000},
                                        {"h", 3'600'000'000'000}}};

constexpr std::array<Unit, 6> kNginxUnits{{{"ms", 1'000'000},
                                           {"s", 1'000'000'000},
                                           {"m", 60'000'000'000},
                                           {"h", 3'600'000'000'000},
                                           {"d", 86'400'000'000'000},
                                           {"w", 604'800'000'000'000}}};

constexpr std::array<Unit, 9> kByteUnits{{{"B", 1},
                                          {"kB", 1'000},
                                          {"MB", 1'000'000},
                                          {"GB", 1'000'000'000},
                                          {"TB", 1'000'000'000'000},
                                          {"KiB", 1LL << 10},
                                          {"MiB", 1LL << 20},
                                          {"GiB", 1LL << 30},
                                          {"TiB", 1LL << 40}}};

// Suffixes of Kubernetes quantities, in billionths of one ("n" is the smallest).
struct Suffix {
  std::string_view name;
  Wide nano;
};
constexpr Wide kNano = 1'000'000'000;
constexpr std::array<Suffix, 16> kSuffixes{{{"n", 1},
                                            {"u", 1'000},
                                            {"m", 1'000'000},
                                            {"", kNano},
                                            {"k", kNano * 1'000},
                                            {"M", kNano * 1'000'000},
                                            {"G", kNano * 1'000'000'000},
                                            {"T", kNano * 1'000'000'000'000},
                                            {"P", kNano * 1'000'000'000'000'000},
                                            {"E", kNano * 1'000'000'000'000'000'000},
                                            {"Ki", kNano << 10},
                                            {"Mi", kNano << 20},
                                            {"Gi", kNano << 30},
                                            {"Ti", kNano << 40},
                                            {"Pi", kNano << 50},
                                            {"Ei", kNano << 60}}};

// "e3", "E-2" → 10^3, 10^-2 in billionths; empty if out of a quantity's reach.
std::optional<Wide> exponent_nano(std::string_view suffix) {
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return {};
  suffix.remove_prefix(1);
  if (suffix[0] == '+') suffix.remove_prefix(1);
  const auto power = integer(suffix);
  if (!power || *power < -9 || *power > 18) return {};
  Wide nano = 1;
  for (std::int64_t i = -9; i < *power; ++i) nano *= 10;
  return nano;
}

// `fine` of the result's unit make one.
std::optional<std::int64_t> kubernetes(std::string_view text, Wide fine) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto number = take_decimal(text, true);
  if (!number) return {};
  std::optional<Wide> nano = exponent_nano(text);
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.name == text) nano = suffix.nano;
  }
  if (!nano) return {};
  // Multiplying by `fine` and dividing by 10^9 in one step keeps the rounding single.
  return scaled({number->digits, number->places + 9}, *nano * fine, Rounding::up, kMost);
}

}  // namespace

std::optional<Duration> duration(std::string_view text) {
  std::int64_t total = 0;
  std::int64_t last_unit = kMost;  // units must get smaller: "2h30min", not "30min2h"
  do {
    const auto number = take_decimal(text, false);
    const Unit* unit = number ? find(kDurationUnits, take_letters(text)) : nullptr;
    if (!unit || unit->size >= last_unit) return {};
    const auto part =
        scaled(*number, static_cast<Wide>(unit->size), Rounding::nearest, kHundredYears - total);
    if (!part) return {};
    total += *part;
    last_unit = unit->size;
  } while (!text.empty());
  return Duration(total);
}

std::optional<Bytes> bytes(std::string_view text) {
  const auto number = take_decimal(text, false);
  const Unit* unit = number ? find(kByteUnits, text) : nullptr;
  if (!unit) return {};
  const auto count = scaled(*number, static_cast<Wide>(unit->size), Rounding::nearest, kMostBytes);
  return count ? std::optional(Bytes(*count)) : std::nullopt;
}

std::optional<BytesPerSecond> bandwidth(std::string_view text) {
  if (!text.ends_with("/s")) return {};
  const auto per_second = bytes(text.substr(0, text.size() - 2));
  return per_second ? std::optional(BytesPerSecond(per_second->count)) : std::nullopt;
}

std::optional<double> rate(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto count = number(text.substr(0, slash));
  if (!count || *count < 0) return {};
  const std::string_view unit = text.substr(slash + 1);
  if (unit == "s") return *count;
  if (unit == "min") return *count / 60;
  if (unit == "h") return *count / 3600;
  return {};
}

std::optional<double> ratio(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto value = number(percent ? text.substr(0, text.size() - 1) : text);
  if (!value) return {};
  const double result = percent ? *value / 100 : *value;
  return result >= 0 && result <= 1 ? std::optional(result) : std::nullopt;
}

std::optional<std::int64_t> integer(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0])) return {};
  }
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<double> number(std::string_view text) {
  // from_chars also reads "inf", "nan" and ".5".
  const std::string_view unsigned_text = text.starts_with('-') ? text.substr(1) : text;
  if (unsigned_text.empty() || !is_digit(unsigned_text[0])) return {};
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || text.ends_with('.')) return {};
  return value;
}

std::optional<std::int64_t> billionths(std::string_view text) {
  const auto number = take_decimal(text, false);
  return number && text.empty() ? scaled(*number, kNano, Rounding::exact, kMost) : std::nullopt;
}

std::optional<std::int64_t> kubernetes_milli(std::string_view text) {
  return kubernetes(text, 1000);
}

std::optional<std::int64_t> kubernetes_whole(std::string_view text) { return kubernetes(text, 1); }

std::optional<Duration> go_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration(0);
  std::int64_t total = 0;
  do {
    const auto number = take_decimal(text, true);
    const Unit* unit = number ? find(kGoUnits, take_letters(text)) : nullptr;
    if (!unit) return {};
    const auto part = scaled(*number, static_cast<Wide>(unit->size), Rounding::down, kMost - total);
    if (!part) return {};
    total += *part;
  } while (!text.empty());
  return Duration(negative ? -total : total);
}

std::optional<Duration> nginx_duration(std::string_view text) {
  std::int64_t total = 0;
  std::int64_t last_unit = kMost;
  do {
    const auto number = take_decimal(text, false);
    if (!number || number->places > 0) return {};
    const std::string_view name = take_letters(text);
    const Unit* unit = find(kNginxUnits, name.empty() && text.empty() ? "s" : name);
    if (!unit || unit->size >= last_unit) return {};
    const auto part =
        scaled(*number, static_cast<Wide>(unit->size), Rounding::exact, kMost - total);
    if (!part) return {};
    total += *part;
    last_unit = unit->size;
    while (text.starts_with(' ')) text.remove_prefix(1);
  } while (!text.empty());
  return Duration(total);
}

}  // namespace thaw::units
