// Counts that must not be mixed up: replicas are not bytes, and bytes are not millicores. Like
// kinds add, subtract and compare; anything else does not compile (tests/engine/must_not_compile).
//
// Units: the type's name says it; the number inside is `count`. Errors: none; arithmetic does not
// check for overflow, since every count that comes from outside is bounded where it is parsed.
#pragma once

#include <compare>
#include <cstdint>

namespace thaw {

template <class Tag, class Rep>
struct Quantity {
  Rep count{};

  constexpr Quantity() = default;
  explicit constexpr Quantity(Rep value) : count(value) {}

  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity(static_cast<Rep>(a.count + b.count));
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity(static_cast<Rep>(a.count - b.count));
  }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }
};

using Replicas = Quantity<struct ReplicasTag, std::int32_t>;
using Bytes = Quantity<struct BytesTag, std::int64_t>;
using BytesPerSecond = Quantity<struct BytesPerSecondTag, std::int64_t>;
using Millicores = Quantity<struct MillicoresTag, std::int64_t>;

}  // namespace thaw
