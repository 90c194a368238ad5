#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/diff/difference.hpp"
#include "engine/report/notation.hpp"
#include "engine/report/table.hpp"

namespace thaw::diff {
namespace {

using Ordered = nlohmann::ordered_json;

// Of a long track the first changes; the JSON has all.
constexpr std::size_t kShown = 50;

std::string signed_length(Duration lag) {
  return (lag < Duration{0} ? "-" : "+") + readable_length(std::chrono::abs(lag));
}

std::string instant(const std::optional<Duration>& at) { return at ? readable_instant(*at) : "-"; }

std::string verdict(const TrackDifference& track) {
  if (!track.same_sequence) return "another sequence";
  if (track.changes.empty()) return "no change";
  return std::string("same sequence") + (track.in_time ? "" : ", not in time") + ", lags up to " +
         signed_length(track.longest_lag);
}

std::string lines_of(const TrackDifference& track, bool colour) {
  const bool well = track.same_sequence && track.in_time;
  std::string out = fmt::format("{} {}({}): {}; mean {:.3f} and {:.3f}, {:.3f} apart, {} at most\n",
                                painted(well ? "✓" : "✗", !colour ? Colour::none
                                                          : well  ? Colour::green
                                                                  : Colour::red),
                                name_of(track.measure), track.name, verdict(track), track.mean_a,
                                track.mean_b, track.mean_difference, track.peak_difference);
  if (track.before_a != track.before_b)
    out += fmt::format("    begins with {} and {}\n", track.before_a, track.before_b);
  if (track.changes.empty()) return out;
  using enum Table::Align;
  Table table({right, right, right, right});
  table.add({"to", "A", "B", "lag"});
  for (std::size_t i = 0; i < track.changes.size() && i < kShown; ++i) {
    const Change& change = track.changes[i];
    const auto lag = change.lag();
    table.add({std::to_string(change.to), instant(change.a), instant(change.b),
               lag        ? signed_length(*lag)
               : change.a ? "A alone"
                          : "B alone"});
  }
  out += table.text("    ");
  if (track.changes.size() > kShown)
    out += fmt::format("    and {} more: --format json has all\n", track.changes.size() - kShown);
  return out;
}

Ordered seconds_or_null(const std::optional<Duration>& at) {
  return at ? Ordered(seconds(*at)) : Ordered();
}

}  // namespace

std::string to_text(const Difference& difference, bool colour) {
  std::string out;
  for (const TrackDifference& track : difference.tracks) out += lines_of(track, colour);
  for (const std::string& notice : difference.notices) out += "note: " + notice + "\n";
  const auto well = std::count_if(difference.tracks.begin(), difference.tracks.end(),
                                  [](const auto& one) { return one.same_sequence && one.in_time; });
  return out + fmt::format("{} of {} agree over {}\n", well, difference.tracks.size(),
                           readable_length(difference.span));
}

std::string to_json(const Difference& difference) {
  Ordered tracks = Ordered::array();
  for (const TrackDifference& track : difference.tracks) {
    Ordered changes = Ordered::array();
    for (const Change& change : track.changes)
      changes.push_back({{"to", change.to},
                         {"a_s", seconds_or_null(change.a)},
                         {"b_s", seconds_or_null(change.b)},
                         {"lag_s", seconds_or_null(change.lag())}});
    tracks.push_back({{"measure", name_of(track.measure)},
                      {"name", track.name},
                      {"same_sequence", track.same_sequence},
                      {"in_time", track.in_time},
                      {"longest_lag_s", seconds(track.longest_lag)},
                      {"before", {track.before_a, track.before_b}},
                      {"mean", {track.mean_a, track.mean_b}},
                      {"mean_difference", track.mean_difference},
                      {"peak_difference", track.peak_difference},
                      {"changes", std::move(changes)}});
  }
  const Ordered whole = {{"schema", "thaw.diff/v1"},
                         {"same", difference.same()},
                         {"span_s", seconds(difference.span)},
                         {"tracks", std::move(tracks)},
                         {"notices", difference.notices}};
  return whole.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

}  // namespace thaw::diff
