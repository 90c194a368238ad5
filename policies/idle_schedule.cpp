#include "policies/idle_schedule.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <string_view>

#include "engine/invariant.hpp"

namespace thaw {
namespace {

constexpr Duration kDay = 24h;

TimePoint midnight_before(TimePoint t) {
  return {std::chrono::floor<std::chrono::days>(t.since_epoch)};
}

std::optional<int> number_below(std::string_view text, int bound) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  if (!whole || value < 0 || value >= bound) return std::nullopt;
  return value;
}

}  // namespace

IdleSchedule IdleSchedule::read(const Params& params, ParamsReader& reader, Rule rule) {
  IdleSchedule schedule;
  schedule.rule_ = rule;
  // Up to 0.24 the key was `Culture`: it chose a calendar, which no time of day depends on.
  reader.ignore("Schedule.Culture");
  const std::string zone = reader.text("Schedule.TimeZoneID", "GB");

  const std::string wake_up = "Schedule.Default.WakeUp";
  for (const std::string& text : reader.items(wake_up)) {
    const std::string key = wake_up + "." + std::to_string(schedule.wake_ups_.size());
    schedule.wake_ups_.push_back(read_time(reader, key, text));
  }
  for (std::size_t i = 0;; ++i) {
    const std::string key = "Schedule.Default.ScaleDownTimeout." + std::to_string(i);
    const std::string time = key + ".Time", value = key + ".Value";
    if (!params.has(time) && !params.has(value)) break;
    schedule.timeouts_.push_back({.time = read_time(reader, time, reader.text(time, "00:00")),
                                  .value = std::chrono::seconds(reader.integer(
                                      value, 0, 0, std::numeric_limits<std::int32_t>::max()))});
  }

  const bool used = !schedule.wake_ups_.empty() || !schedule.timeouts_.empty();
  if (used || params.has("Schedule.TimeZoneID")) {
    schedule.zone_ = TimeZone::find(zone);
    if (!schedule.zone_) {
      reader.error("Schedule.TimeZoneID",
                   "expected a zone such as Europe/Paris, found \"" + zone + "\"");
      schedule.zone_ = TimeZone::find("UTC");
    }
  }
  return schedule;
}

IdleSchedule::TimeOfDay IdleSchedule::read_time(ParamsReader& reader, const std::string& key,
                                                const std::string& text) {
  const auto colon = text.find(':');
  const auto hour = number_below(std::string_view(text).substr(0, colon), 24);
  const auto minute = colon == std::string::npos
                          ? std::nullopt
                          : number_below(std::string_view(text).substr(colon + 1), 60);
  if (!hour || !minute) {
    reader.error(key, "expected a time of day such as 07:00, found \"" + text + "\"");
    return {};
  }
  return {*hour, *minute};
}

TimePoint IdleSchedule::today_at(TimeOfDay time, TimePoint now) const {
  THAW_CHECK(zone_.has_value(), "a schedule with entries has a zone");
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::floor<std::chrono::days>(now.since_epoch))};
  return zone_->instant({.year = static_cast<int>(date.year()),
                         .month = static_cast<int>(static_cast<unsigned>(date.month())),
                         .day = static_cast<int>(static_cast<unsigned>(date.day())),
                         .hour = time.hour,
                         .minute = time.minute,
                         .second = 0});
}

TimePoint IdleSchedule::counts_from(TimeOfDay time, TimePoint now) const {
  const TimePoint instant = today_at(time, now);
  if (rule_ == Rule::by_instant) return instant + 1ns;
  // Only the minute of the UTC day is compared: the date that the zone may have moved to is lost.
  return midnight_before(now) + (instant - midnight_before(instant)) + 1min;
}

std::optional<TimePoint> IdleSchedule::last_wake_up(TimePoint now) const {
  std::optional<TimePoint> past, latest;
  for (const TimeOfDay time : wake_ups_) {
    const TimePoint instant = today_at(time, now);
    if (instant <= now) past = std::max(past.value_or(instant), instant);
    latest = std::max(latest.value_or(instant), instant);
  }
  if (past || !latest) return past;
  return *latest - kDay;
}

Duration IdleSchedule::timeout(TimePoint now, Duration otherwise) const {
  if (timeouts_.empty()) return otherwise;
  if (timeouts_.size() == 1 && rule_ == Rule::by_minute) return otherwise;
  // Of equal times the later in the list wins.
  const Timeout* past = nullptr;
  const Timeout* latest = nullptr;
  TimePoint past_from{}, latest_from{};
  for (const Timeout& entry : timeouts_) {
    const TimePoint from = counts_from(entry.time, now);
    if (from <= now && (!past || from >= past_from)) past = &entry, past_from = from;
    if (!latest || from >= latest_from) latest = &entry, latest_from = from;
  }
  if (past) return past->value;
  return timeouts_.size() == 1 ? otherwise : latest->value;
}

TimePoint IdleSchedule::next_change(TimePoint now) const {
  if (wake_ups_.empty() && timeouts_.empty()) return TimePoint::never();
  TimePoint next = midnight_before(now) + kDay;  // "today" becomes another day
  const auto consider = [&](TimePoint instant) {
    if (instant > now) next = std::min(next, instant);
  };
  for (const TimeOfDay time : wake_ups_) consider(today_at(time, now));
  for (const Timeout& entry : timeouts_) consider(counts_from(entry.time, now));
  return next;
}

}  // namespace thaw
