// Numbers with units, as a scenario writes them, and Kubernetes quantities and Go durations, as
// manifests do. Exact: decimal text to integers, no double in between. Empty result: not of this
// form or out of range.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/quantity.hpp"
#include "engine/time.hpp"

namespace thaw::units {

// "10min", "1.5s", "2h30min", "250ms", "0s": ns us ms s min h (never m, never d). At most 100
// years.
std::optional<Duration> duration(std::string_view text);
// "638MB", "1.9GiB", "512B": B kB MB GB TB (10^n), KiB MiB GiB TiB (2^n). At most 2^60.
std::optional<Bytes> bytes(std::string_view text);
std::optional<BytesPerSecond> bandwidth(std::string_view text);  // bytes "/s"
// "0.5/s", "30/min", "2/h" → per second.
std::optional<double> rate(std::string_view text);
// "18%" or "0.18" → 0.18; within 0 … 1.
std::optional<double> ratio(std::string_view text);
std::optional<std::int64_t> integer(std::string_view text);  // optional sign, digits only
std::optional<double> number(
    std::string_view text);  // plain decimal, exponent allowed; no NaN, no infinity
// "0.75 EUR/h" is parsed by load.cpp; this reads its amount into billionths.
std::optional<std::int64_t> billionths(std::string_view text);

// Kubernetes resource.Quantity in thousandths, rounded up as kubectl does: "250m" → 250, "1.5Gi"
// → 1.5·2^30·1000.
std::optional<std::int64_t> kubernetes_milli(std::string_view text);
std::optional<std::int64_t> kubernetes_whole(
    std::string_view text);  // rounded up to integers: bytes, counts
// Go's time.ParseDuration: "1200s", "1h2m3.5s", "300ms".
std::optional<Duration> go_duration(std::string_view text);
// nginx's: "1200s", "60", "1m", "2h 30m", "500ms"; a bare number is seconds.
std::optional<Duration> nginx_duration(std::string_view text);

}  // namespace thaw::units
