// Two timelines held against each other: which changes both have, which one alone, who is earlier,
// and by how much they differ in size.
//
// Changes of a track that follow one another within `settle` are one (three pods of one decision
// are created one by one). Changes are paired in order, so that as few as possible stay alone, and
// of all such pairings that with the least sum of lags (Needleman, Wunsch, J. Mol. Biol. 48, 1970).
// A pair is the same value reached. What nobody asks to be another number stays what it was. Size:
// the difference of the two step functions over the span that both timelines have, weighed by time.
// Errors: InputError where a track has more than kMost changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/diff/tracks.hpp"

namespace thaw::diff {

constexpr std::size_t kMost = 5000;

struct Options {
  Duration settle = std::chrono::seconds(1);
  std::optional<Duration> within;  // a lag that is longer is a difference
  std::vector<Measure> measures = {Measure::desired, Measure::replicas, Measure::ready,
                                   Measure::nodes};
};

struct Change {
  std::int64_t to = 0;
  std::optional<Duration> a, b;  // when; empty: that one has no such change
  std::optional<Duration> lag() const {
    if (!a || !b) return std::nullopt;
    return *b - *a;  // below zero: b leads
  }
};

struct TrackDifference {
  Measure measure = Measure::replicas;
  std::string name;
  std::int64_t before_a = 0, before_b = 0;
  std::vector<Change> changes;
  bool same_sequence = false;     // the same values, from the start on
  bool in_time = false;           // and no lag beyond `within`
  Duration longest_lag{0};        // the largest by size, with its sign
  double mean_a = 0, mean_b = 0;  // over the common span
  double mean_difference = 0;     // of |a - b|
  std::int64_t peak_difference = 0;
};

struct Difference {
  Duration span{0};  // that both have
  std::vector<TrackDifference> tracks;
  std::vector<std::string> notices;  // measures that one of them does not tell at all
  bool same() const;                 // every track, also in time
};

Difference compare(const Tracks& a, const Tracks& b, const Options& options);

std::string to_text(const Difference& difference, bool colour);
std::string to_json(const Difference& difference);

}  // namespace thaw::diff
