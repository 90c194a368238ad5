// What a page shows of one run beside its summary: how numbers went over time, what happened, and
// how latencies are spread.
//
// Bounded, whatever the run: at most 4,000 points a series and 200,000 changes of value over all of
// them, at most 500 events of each kind; what is left out is counted. Units: seconds. Errors: none.
#pragma once

#include <string>
#include <string_view>

#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/time.hpp"

namespace thaw {

// JSON: {seed, simulated_s,
//  series: {interval_s, every, points, columns: [{scope, name, field, changes}], left_out},
//  events: [{t_s, kind, name, what, words, desired, was}], events_left_out: {KIND: how many},
//  latency: {functions: {NAME: [[from_s, to_s, count]]}, pipelines}}.
// A column's `changes` are point, value, point, value, …: the value from that point on. Points are
// `every` × `interval_s` apart. series_csv is series.csv as Series writes it.
std::string run_data(const Summary& summary, const Timeline& timeline, TimePoint start,
                     std::string_view series_csv);

}  // namespace thaw
