#include "engine/report/timeline.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/invariant.hpp"
#include "engine/report/notation.hpp"
#include "engine/report/table.hpp"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no word for a number that is not finite, so such a field is left out.
void add_field(Json& line, const std::string& key, const FieldValue& value) {
  THAW_CHECK(key != "t_s" && !line.contains(key), "an event names each field once");
  const double* number = std::get_if<double>(&value);
  if (number != nullptr && !std::isfinite(*number)) return;
  std::visit([&](const auto& plain) { line[key] = plain; }, value);
}

Colour colour_of(const TimelineEvent& event) {
  switch (event.kind) {
    case EventKind::decision:
      return Colour::cyan;
    case EventKind::check:
      return event.what == "failed" ? Colour::red : Colour::green;
    case EventKind::fault:
      return Colour::red;
    case EventKind::pod:
    case EventKind::node:
    case EventKind::note:
      break;
  }
  return Colour::none;
}

}  // namespace

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::decision:
      return "decision";
    case EventKind::pod:
      return "pod";
    case EventKind::node:
      return "node";
    case EventKind::check:
      return "check";
    case EventKind::fault:
      return "fault";
    case EventKind::note:
      return "note";
  }
  return "";
}

std::string to_jsonl(const Timeline& timeline, TimePoint start) {
  std::string out;
  for (const TimelineEvent& event : timeline) {
    Json line;
    line["kind"] = name_of(event.kind);
    line["name"] = event.name;
    line["what"] = event.what;
    for (const auto& [key, value] : event.fields) add_field(line, key, value);
    // The time is written by hand, as a double has not the digits for a nanosecond after 104 days.
    const std::string rest = line.dump(-1, ' ', false, Json::error_handler_t::replace);
    out += "{\"t_s\":" + exact_seconds(event.at - start) + "," + rest.substr(1) + "\n";
  }
  return out;
}

std::string to_text(const Timeline& timeline, TimePoint start, bool colour) {
  using enum Table::Align;
  Table table({right, left, left});
  for (const TimelineEvent& event : timeline) {
    const std::string words = event.words.empty() ? event.name + " " + event.what : event.words;
    table.add({painted(readable_instant(event.at - start), colour ? Colour::dim : Colour::none),
               painted(name_of(event.kind), colour ? Colour::dim : Colour::none),
               painted(words, colour ? colour_of(event) : Colour::none)});
  }
  return table.text("  ");
}

}  // namespace thaw
