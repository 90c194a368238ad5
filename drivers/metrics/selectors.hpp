// Which series a PromQL expression reads, so that their samples' own time can be asked for.
//
// An instant query stamps its answer with the time of asking, however old what it is made of; a
// series whose source has died stays up to five minutes. timestamp() of its selectors tells.
// Source: Prometheus, querying basics and functions. A range, an offset and @ are left off; a
// series that left within a range has no sample to ask, and is then at most as old as the range.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::metrics {

// "rate(a{b="c"}[1m]) / b" → a{b="c"}, b, each once. Empty result: not understood, as MetricsQL's
// WITH; an empty list: it reads none.
std::optional<std::vector<std::string>> selectors_of(std::string_view expression);

// The query for the oldest sample among them, in seconds since the epoch.
std::string oldest_sample_query(const std::vector<std::string>& selectors);

}  // namespace thaw::metrics
