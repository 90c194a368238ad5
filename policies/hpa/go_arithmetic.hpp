// Arithmetic as the real controller's language does it on amd64: integers wrap around, and a float
// that no integer holds (NaN, an infinity, one too large) becomes the least one. Ordinary inputs
// never come near this; it makes every formula total, and the same one at its edges.
#pragma once

#include <cstdint>
#include <limits>

namespace thaw::hpa {

constexpr std::int32_t wrapped(std::int64_t value) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
}

constexpr std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

constexpr std::int64_t product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

// Truncated towards zero; the divisor is not 0.
constexpr std::int64_t quotient(std::int64_t a, std::int64_t b) {
  return b == -1 ? product(a, -1) : a / b;
}

constexpr std::int32_t to_int32(double value) {
  constexpr double kEnd = 2147483648.0;  // 2^31
  if (value > -kEnd - 1 && value < kEnd) return static_cast<std::int32_t>(value);
  return std::numeric_limits<std::int32_t>::min();
}

constexpr std::int64_t to_int64(double value) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (value >= -kEnd && value < kEnd) return static_cast<std::int64_t>(value);
  return std::numeric_limits<std::int64_t>::min();
}

}  // namespace thaw::hpa
