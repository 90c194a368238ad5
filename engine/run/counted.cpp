#include "engine/run/counted.hpp"

#include <algorithm>
#include <string_view>

namespace thaw {

std::optional<double> events_counted(const Timeline& timeline, const Term& term) {
  const auto events = [&](EventKind kind, std::string_view what) {
    return static_cast<double>(std::ranges::count_if(timeline, [&](const TimelineEvent& event) {
      return event.kind == kind && event.name == term.name && (what.empty() || event.what == what);
    }));
  };
  if (term.field == "decision") return events(EventKind::decision, "");
  if (term.field == "pod") return events(EventKind::pod, "created");
  if (term.field == "node") return events(EventKind::node, "ordered");
  if (term.field == "fault") return events(EventKind::fault, "began");
  return std::nullopt;
}

double calls_counted(const workload::Tally& tally, const Term& term) {
  const auto number = [](std::int64_t n) { return static_cast<double>(n); };
  if (term.field == "total") return number(tally.total);
  if (term.field == "completed") return number(tally.completed);
  if (term.field == "cold") return number(tally.cold);
  if (term.field == "timed_out") return number(tally.timed_out);
  if (term.field == "rejected") return number(tally.rejected);
  return number(tally.failed);
}

}  // namespace thaw
