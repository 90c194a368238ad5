#include "engine/report/html/run_data.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/report/notation.hpp"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostPoints = 4'000;
constexpr std::size_t kMostChanges = 200'000;
constexpr std::size_t kMostEventsOfAKind = 500;

std::string json_text(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Takes a field of a table as RFC 4180 has it, with the comma or the line's end after it.
std::string take_field(std::string_view& csv) {
  std::string field;
  bool inside = false, opened = false;
  while (!csv.empty()) {
    const char c = csv.front();
    csv.remove_prefix(1);
    if (c == '"') {
      if (!inside && opened) field += c;  // the second of a pair
      inside = !inside;
      opened = true;
    } else if (!inside && (c == ',' || c == '\n')) {
      break;
    } else {
      field += c;
    }
  }
  return field;
}

struct Column {
  std::string scope, name, field;
  std::vector<std::string> values;
};

struct SeriesTable {
  std::string interval_s = "1";
  std::vector<Column> columns;
};

// Rows are ordered by time, then column.
SeriesTable read(std::string_view csv) {
  SeriesTable table;
  csv.remove_prefix(std::min(csv.size(), csv.find('\n') + 1));
  std::string first;
  std::size_t next = 0;  // the column of the row
  while (!csv.empty()) {
    const std::string t = take_field(csv);
    Column column{take_field(csv), take_field(csv), take_field(csv), {}};
    if (first.empty()) first = t;
    if (t == first) {
      table.columns.push_back(std::move(column));
      next = table.columns.size() - 1;
    } else if (table.columns.front().values.size() == 1) {
      table.interval_s = t;  // the first point is at 0
    }
    table.columns[next % table.columns.size()].values.push_back(take_field(csv));
    ++next;
  }
  return table;
}

// point, value, …; empty when there is no more room for that many.
std::string changes_of(const Column& column, std::size_t every, std::size_t& room) {
  std::string out;
  const std::string* last = nullptr;
  for (std::size_t i = 0; i < column.values.size(); i += every) {
    const std::string& value = column.values[i];
    if (last && *last == value) continue;
    if (room == 0) return "";
    --room;
    fmt::format_to(std::back_inserter(out), "{}{},{}", last ? "," : "", i / every, value);
    last = &value;
  }
  return out;
}

std::string series_json(std::string_view csv) {
  const SeriesTable table = read(csv);
  const std::size_t points = table.columns.empty() ? 0 : table.columns.front().values.size();
  const std::size_t every = points / (kMostPoints + 1) + 1;
  std::size_t room = kMostChanges, left_out = 0;
  std::string columns;
  for (const Column& column : table.columns) {
    const std::string changes = changes_of(column, every, room);
    if (changes.empty()) {
      ++left_out;
      continue;
    }
    fmt::format_to(std::back_inserter(columns),
                   "{}{{\"scope\":{},\"name\":{},\"field\":{},\"changes\":[{}]}}",
                   columns.empty() ? "" : ",\n", json_text(column.scope), json_text(column.name),
                   json_text(column.field), changes);
  }
  return fmt::format(
      "{{\"interval_s\":{},\"every\":{},\"points\":{},\"columns\":[{}],\"left_out\":{}}}",
      table.interval_s, every, (points + every - 1) / every, columns, left_out);
}

Json json_of(const TimelineEvent& event) {
  Json out = {{"kind", name_of(event.kind)}, {"name", event.name}, {"what", event.what}};
  out["words"] = event.words.empty() ? event.name + " " + event.what : event.words;
  for (const auto& [key, value] : event.fields)
    if (key == "desired" || key == "was")
      std::visit([&, name = key](const auto& plain) { out[name] = plain; }, value);
  return out;
}

std::string events_json(const Timeline& timeline, TimePoint start) {
  std::map<EventKind, std::size_t> of_kind;
  std::string events;
  for (const TimelineEvent& event : timeline) {
    if (++of_kind[event.kind] > kMostEventsOfAKind) continue;
    // As in timeline.jsonl: a double has not the digits for a nanosecond after 104 days.
    const std::string rest = json_of(event).dump(-1, ' ', false, Json::error_handler_t::replace);
    fmt::format_to(std::back_inserter(events), "{}{{\"t_s\":{},{}", events.empty() ? "" : ",\n",
                   exact_seconds(event.at - start), rest.substr(1));
  }
  Json left_out = Json::object();
  for (const auto& [kind, count] : of_kind)
    if (count > kMostEventsOfAKind) left_out[name_of(kind)] = count - kMostEventsOfAKind;
  return fmt::format("\"events\":[{}],\n\"events_left_out\":{}", events, left_out.dump());
}

template <typename Named>
Json latency_of(const std::map<std::string, Named>& all) {
  Json out = Json::object();
  for (const auto& [name, one] : all) {
    Json& bins = out[name] = Json::array();
    for (const Summary::Bin& bin : one.latency_bins)
      bins.push_back({bin.from_s, bin.to_s, bin.count});
  }
  return out;
}

}  // namespace

std::string run_data(const Summary& summary, const Timeline& timeline, TimePoint start,
                     std::string_view series_csv) {
  const Json latency = {{"functions", latency_of(summary.functions)},
                        {"pipelines", latency_of(summary.pipelines)}};
  return fmt::format("{{\"seed\":{},\"simulated_s\":{},\n\"series\":{},\n{},\n\"latency\":{}}}\n",
                     summary.seed, Json(summary.simulated_s).dump(), series_json(series_csv),
                     events_json(timeline, start),
                     latency.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace thaw
