#include "engine/diff/difference.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "engine/diagnostic.hpp"

namespace thaw::diff {
namespace {

// Changes that follow one another within `settle` of the first are one: its instant, the last's
// value. What comes back to where it was is none.
std::vector<Step> settled(const Track& track, Duration settle) {
  std::vector<Step> kept;
  for (std::size_t i = 0; i < track.steps.size();) {
    Step group = track.steps[i++];
    while (i < track.steps.size() && track.steps[i].at - group.at <= settle)
      group.value = track.steps[i++].value;
    const std::int64_t last = kept.empty() ? track.before : kept.back().value;
    if (group.value != last) kept.push_back(group);
  }
  if (kept.size() > kMost)
    throw InputError({{{},
                       std::string(name_of(track.measure)) + "(" + track.name + ")",
                       "more than " + std::to_string(kMost) + " changes: compare shorter runs"}});
  return kept;
}

// How much a pairing costs: changes that stay alone, then the sum of lags.
struct Cost {
  std::int64_t alone = 0, lag_ns = 0;
  friend auto operator<=>(const Cost&, const Cost&) = default;
  Cost plus(std::int64_t more_alone, std::int64_t more_lag) const {
    return {alone + more_alone, lag_ns + more_lag};
  }
};

enum class Move : unsigned char { pair, only_a, only_b };

// The best pairing, from the ends to the front.
std::vector<Change> paired(const std::vector<Step>& a, const std::vector<Step>& b) {
  const std::size_t width = b.size() + 1;
  std::vector<Move> moves((a.size() + 1) * width);
  std::vector<Cost> above(width), row(width);
  for (std::size_t i = 0; i <= a.size(); ++i, std::swap(above, row)) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 && j == 0) {
        row[j] = {};
        continue;
      }
      std::optional<Cost> best;
      const auto offer = [&](Cost cost, Move move) {
        if (best && *best <= cost) return;
        best = cost;
        moves[i * width + j] = move;
      };
      if (i > 0 && j > 0 && a[i - 1].value == b[j - 1].value)
        offer(above[j - 1].plus(0, std::abs((b[j - 1].at - a[i - 1].at).count())), Move::pair);
      if (i > 0) offer(above[j].plus(1, 0), Move::only_a);
      if (j > 0) offer(row[j - 1].plus(1, 0), Move::only_b);
      row[j] = *best;
    }
  }
  std::vector<Change> changes;
  for (std::size_t i = a.size(), j = b.size(); i > 0 || j > 0;) {
    const Move move = moves[i * width + j];
    Change change;
    if (move != Move::only_b) change.a = a[--i].at, change.to = a[i].value;
    if (move != Move::only_a) change.b = b[--j].at, change.to = b[j].value;
    changes.push_back(change);
  }
  std::reverse(changes.begin(), changes.end());
  return changes;
}

// Both step functions from 0 to `span`, one piece of constant values after another.
template <class Piece>
void walk(const Track& a, const Track& b, Duration span, const Piece& piece) {
  std::size_t i = 0, j = 0;
  std::int64_t at_a = a.before, at_b = b.before;
  Duration from{0};
  while (from < span) {
    while (i < a.steps.size() && a.steps[i].at <= from) at_a = a.steps[i++].value;
    while (j < b.steps.size() && b.steps[j].at <= from) at_b = b.steps[j++].value;
    Duration to = span;
    if (i < a.steps.size()) to = std::min(to, a.steps[i].at);
    if (j < b.steps.size()) to = std::min(to, b.steps[j].at);
    piece(to - from, at_a, at_b);
    from = to;
  }
}

void weigh(const Track& a, const Track& b, Duration span, TrackDifference& out) {
  if (span <= Duration{0}) return;
  double area_a = 0, area_b = 0, apart = 0;
  walk(a, b, span, [&](Duration length, std::int64_t at_a, std::int64_t at_b) {
    const auto ns = static_cast<double>(length.count());
    const std::int64_t gap = std::abs(at_a - at_b);
    area_a += ns * static_cast<double>(at_a);
    area_b += ns * static_cast<double>(at_b);
    apart += ns * static_cast<double>(gap);
    out.peak_difference = std::max(out.peak_difference, gap);
  });
  const auto whole = static_cast<double>(span.count());
  out.mean_a = area_a / whole;
  out.mean_b = area_b / whole;
  out.mean_difference = apart / whole;
}

TrackDifference difference_of(const Track& a, const Track& b, Duration span,
                              const Options& options) {
  TrackDifference out;
  out.measure = a.measure;
  out.name = a.name;
  out.before_a = a.before;
  out.before_b = b.before;
  out.changes = paired(settled(a, options.settle), settled(b, options.settle));
  out.same_sequence = a.before == b.before;
  for (const Change& change : out.changes) {
    const std::optional<Duration> lag = change.lag();
    if (!lag) out.same_sequence = false;
    if (lag && std::chrono::abs(*lag) > std::chrono::abs(out.longest_lag)) out.longest_lag = *lag;
  }
  out.in_time = !options.within || std::chrono::abs(out.longest_lag) <= *options.within;
  weigh(a, b, span, out);
  return out;
}

using Key = std::pair<Measure, std::string>;

std::map<Key, const Track*> by_key(const Tracks& tracks) {
  std::map<Key, const Track*> found;
  for (const Track& track : tracks.all) found.emplace(Key{track.measure, track.name}, &track);
  return found;
}

bool tells(const Tracks& tracks, Measure measure) {
  return std::any_of(tracks.all.begin(), tracks.all.end(),
                     [&](const Track& track) { return track.measure == measure; });
}

}  // namespace

bool Difference::same() const {
  return std::all_of(tracks.begin(), tracks.end(), [](const TrackDifference& track) {
    return track.same_sequence && track.in_time;
  });
}

Difference compare(const Tracks& a, const Tracks& b, const Options& options) {
  Difference out;
  out.span = std::min(a.end, b.end);
  const auto in_a = by_key(a), in_b = by_key(b);
  std::set<Key> keys;
  for (const auto& [key, track] : in_a) keys.insert(key);
  for (const auto& [key, track] : in_b) keys.insert(key);
  for (const Measure measure : options.measures) {
    if (tells(a, measure) == tells(b, measure)) continue;
    out.notices.push_back(std::string(name_of(measure)) + " is told by " +
                          (tells(a, measure) ? "A" : "B") + " alone, and is not compared");
    std::erase_if(keys, [&](const Key& key) { return key.first == measure; });
  }
  for (const Key& key : keys) {
    if (std::find(options.measures.begin(), options.measures.end(), key.first) ==
        options.measures.end())
      continue;
    const auto at_a = in_a.find(key), at_b = in_b.find(key);
    const Track& known = at_a == in_a.end() ? *at_b->second : *at_a->second;
    // Where nobody asked for another number it is what it was; of pods and nodes there are none.
    const Track none{key.first, key.second, key.first == Measure::desired ? known.before : 0, {}};
    out.tracks.push_back(difference_of(at_a == in_a.end() ? none : *at_a->second,
                                       at_b == in_b.end() ? none : *at_b->second, out.span,
                                       options));
  }
  return out;
}

}  // namespace thaw::diff
