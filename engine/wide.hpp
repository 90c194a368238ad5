// Sums that 64 bits do not hold: years of many nodes in nanoseconds, and their price.
//
// Units: whatever is added up. Range: 170 undecillion (1.7e38). Errors: none.
#pragma once

#include <algorithm>
#include <string>

namespace thaw {

// ISO C++ has no 128-bit integer; GCC and Clang do.
__extension__ typedef __int128 Wide;

// Of at least one digit, and so many after the point: a count of billionths with 9.
inline std::string decimal(Wide value, int places = 0) {
  std::string digits;
  const bool negative = value < 0;
  while (value != 0 || static_cast<int>(digits.size()) <= places) {
    const auto digit = static_cast<int>(value % 10);
    digits += static_cast<char>('0' + (negative ? -digit : digit));
    value /= 10;
    if (places > 0 && static_cast<int>(digits.size()) == places) digits += '.';
  }
  if (digits.back() == '.') digits += '0';
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace thaw
