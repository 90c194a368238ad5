// What Prometheus and VictoriaMetrics answer to an instant query, read.
//
// Source: Prometheus, HTTP API (expression queries, format overview); VictoriaMetrics, isPartial.
// Errors: none thrown; whatever is not of the documented form is `trouble`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/metrics/answer.hpp"

namespace thaw::metrics {

struct Reply {
  struct Sample {
    TimePoint evaluated;  // when the query was, not when the sample was taken
    std::string value;    // as written: "0.5", "NaN", "+Inf"
  };
  std::vector<Sample> samples;  // of a vector one a series, of a scalar one
  std::vector<std::string> warnings;
  std::string trouble;  // not empty: no answer
};

// `status` is HTTP's.
Reply read_reply(unsigned status, std::string_view body);

// No series is absent, not zero; more than one is an error, since a policy asks for one number.
// `oldest` is what oldest_sample_query() answered, empty where it was not asked; `now` is when the
// reply came. How old the samples are is told between two times of the store's own clock, so that
// ours may differ.
Answer to_answer(Reply reply, const std::optional<Reply>& oldest, TimePoint now);

}  // namespace thaw::metrics
