// The leaves of the scenario file: numbers with units, names, words. Each says what it expects;
// none accepts a bare number where a unit belongs, text where a number belongs, NaN or infinity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/checks/expression.hpp"
#include "engine/distribution.hpp"
#include "engine/quantity.hpp"
#include "engine/scenario/manifest.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shape.hpp"
#include "engine/time.hpp"
#include "engine/version.hpp"

namespace thaw::scenario {

Shape<Duration> duration();                   // at least 0
Shape<Duration> duration_of(Duration least);  // at least `least`
Shape<Bytes> size();                          // above 0
Shape<BytesPerSecond> bandwidth();            // above 0
Shape<double> rate();                         // per second, above 0
Shape<double> ratio();                        // 0 … 1
Shape<double> variation();                    // a coefficient of variation: 0 … 100
Shape<int> integer(int least, int most);
Shape<bool> yes_or_no();  // true or false
Shape<bool> only_true();  // a key that is either there, as `true`, or not

Shape<Millicores> cpu();  // "8", "500m", above 0
Shape<Price> price();     // "0.75 EUR/h"
struct Money {
  std::string currency;
  Nanomoney amount = 0;
};
Shape<Money> money();           // "0.002 EUR"
Shape<TimePoint> time_point();  // RFC 3339, UTC
Shape<Version> version();
Shape<Taint> taint();  // "key=value:Effect" or "key:Effect"
std::optional<Taint> parse_taint(std::string_view text);
Shape<std::string> text();          // not empty
Shape<std::string> name();          // not empty, no blanks around it, no control characters
Shape<std::string> dns_label();     // as Kubernetes names things
Shape<std::string> request_path();  // begins with '/'
Shape<std::string> exactly(const std::string& word);

// One number with units, repeated: 2h30min.
inline constexpr const char* kDurationPattern = R"(([0-9]+(\.[0-9]+)?(ns|us|ms|s|min|h))+)";

// Longer than one word.
Shape<Distribution> distribution();  // "5s", or a map that names its kind
Shape<Distribution> tokens();        // "820", or such a map: tokens where others are nanoseconds
Shape<Instant> instant();            // "5s", "30s after tags"
Shape<Expression> expression();

// A name that must turn out to exist.
Shape<std::string> reference(Reference::To to);

}  // namespace thaw::scenario
