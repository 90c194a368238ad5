// A timeline.jsonl as step functions of time: how many pods, ready pods and nodes there were, and
// how many replicas were asked for.
//
//   desired   what decisions asked for
//   replicas  pods from their creation until they are gone, Terminating included
//   ready     pods from Ready until they stop being so
//   nodes     from Node Ready until they are gone
// What a timeline begins with is told by what ends: a pod that goes without having been created was
// there before. Both worlds write the same kinds (engine/report/timeline.hpp).
// Errors: InputError, with every line that is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"

namespace thaw::diff {

enum class Measure : std::uint8_t { desired, replicas, ready, nodes };
std::string_view name_of(Measure measure);

struct Step {
  Duration at;  // from the timeline's start
  std::int64_t value;
  friend bool operator==(const Step&, const Step&) = default;
};

struct Track {
  Measure measure = Measure::replicas;
  std::string name;              // of the function, or of the pool
  std::int64_t before = 0;       // at the start
  std::vector<Step> steps = {};  // by time; each differs from the one before
};

struct Tracks {
  Duration end{0};         // of the last event
  std::vector<Track> all;  // by measure and name
};

// `path`: a timeline.jsonl, or the folder of --out that holds one.
Tracks read_tracks(const std::string& path);
// The text of one; `file` is what errors name.
Tracks tracks_of(std::string_view text, const std::string& file);

}  // namespace thaw::diff
