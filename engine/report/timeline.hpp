// What happened, in order: decisions, pods, nodes, checks, faults, notes. Both worlds write the
// same kinds. Grows with scaling actions, never with requests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/time.hpp"

namespace thaw {

enum class EventKind : std::uint8_t { decision, pod, node, check, fault, note };
std::string_view name_of(EventKind kind);

using FieldValue = std::variant<std::int64_t, double, std::string, bool>;

struct TimelineEvent {
  TimePoint at;
  EventKind kind;
  std::string name;   // the function (decision, pod), pool (node), check or fault it is about
  std::string what;   // "created", "ready", "gone", "allocatable", "idle_timeout", "failed", …
  std::string words;  // one line for people, without the time: "ollama → 0: no call for 1201 s"
  std::vector<std::pair<std::string, FieldValue>> fields;  // for machines; names carry their unit
};

using Timeline = std::vector<TimelineEvent>;

// One JSON object a line: {"t_s":…,"kind":…,"name":…,"what":…, fields…}. t_s counts from `start`,
// printed exactly (integer nanoseconds as a decimal without trailing zeros).
std::string to_jsonl(const Timeline& timeline, TimePoint start);

// For a terminal: "  10min02s  node  gpu-1   allocatable …", aligned; colour only if asked.
std::string to_text(const Timeline& timeline, TimePoint start, bool colour);

}  // namespace thaw
