#include "policies/hpa/tolerance.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/scenario/units.hpp"

namespace thaw::hpa {
namespace {

// What a suffix multiplies the digits with: size · 10^power.
struct Suffix {
  std::string_view name;
  std::int64_t size;
  int power;
};

constexpr std::array<Suffix, 16> kSuffixes{{{"n", 1, -9},
                                            {"u", 1, -6},
                                            {"m", 1, -3},
                                            {"", 1, 0},
                                            {"k", 1, 3},
                                            {"M", 1, 6},
                                            {"G", 1, 9},
                                            {"T", 1, 12},
                                            {"P", 1, 15},
                                            {"E", 1, 18},
                                            {"Ki", 1LL << 10, 0},
                                            {"Mi", 1LL << 20, 0},
                                            {"Gi", 1LL << 30, 0},
                                            {"Ti", 1LL << 40, 0},
                                            {"Pi", 1LL << 50, 0},
                                            {"Ei", 1LL << 60, 0}}};

std::optional<Suffix> suffix_of(std::string_view text) {
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.name == text) return suffix;
  }
  if (text[0] != 'e' && text[0] != 'E') return {};
  const auto power = units::integer(text.substr(1));
  if (!power || *power < -9 || *power > 18) return {};
  return Suffix{text, 1, static_cast<int>(*power)};
}

double power_of_ten(int power) {
  double result = 1;  // exact: 10^22 is the last power of ten that a double holds
  for (int i = 0; i < (power < 0 ? -power : power); ++i) result *= 10;
  return power < 0 ? 1 / result : result;
}

// A quantity has no digits below a billionth: they are rounded up.
double in_billionths(std::string_view digits, int power) {
  std::int64_t value = 0;
  bool rest = false;
  const auto dropped = static_cast<std::size_t>(-9 - power);
  const std::size_t kept = dropped < digits.size() ? digits.size() - dropped : 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i < kept) value = value * 10 + (digits[i] - '0');
    if (i >= kept && digits[i] != '0') rest = true;
  }
  return static_cast<double>(rest ? value + 1 : value) * power_of_ten(-9);
}

}  // namespace

std::optional<double> parse_tolerance(std::string_view text) {
  constexpr std::size_t kMostDigits = 18;  // they fit 64 bits
  if (text.starts_with('+')) text.remove_prefix(1);
  std::array<char, kMostDigits> digits{};
  std::size_t count = 0, i = 0;
  int places = 0;
  bool point = false;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') break;
    if (count == kMostDigits) return {};
    digits[count++] = text[i];
    if (point) ++places;
  }
  const auto suffix = count > 0 ? suffix_of(text.substr(i)) : std::nullopt;
  if (!suffix) return {};
  const std::string_view all(digits.data(), count);
  const int power = suffix->power - places;
  if (power < -9 && suffix->size == 1) return in_billionths(all, power);
  std::int64_t value = 0;
  for (const char digit : all) value = value * 10 + (digit - '0');
  const double mantissa = static_cast<double>(value) * static_cast<double>(suffix->size);
  return power == 0 ? mantissa : mantissa * power_of_ten(power);
}

}  // namespace thaw::hpa
