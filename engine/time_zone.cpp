#include "engine/time_zone.hpp"

#include <date/tz.h>

#include <stdexcept>

#include "engine/invariant.hpp"

namespace thaw {
namespace {

const date::time_zone& database_zone(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

}  // namespace

std::optional<TimeZone> TimeZone::find(const std::string& name) {
  try {
    return TimeZone(date::locate_zone(name));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

CivilTime TimeZone::local(TimePoint t) const {
  const auto second = date::floor<std::chrono::seconds>(date::sys_time<Duration>{t.since_epoch});
  const date::local_seconds wall = database_zone(zone_).to_local(second);
  const auto midnight = date::floor<date::days>(wall);
  const date::year_month_day calendar{midnight};
  const date::hh_mm_ss<std::chrono::seconds> clock{wall - midnight};
  return {.year = static_cast<int>(calendar.year()),
          .month = static_cast<int>(static_cast<unsigned>(calendar.month())),
          .day = static_cast<int>(static_cast<unsigned>(calendar.day())),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count())};
}

TimePoint TimeZone::instant(const CivilTime& local) const {
  const date::year_month_day calendar{date::year{local.year},
                                      date::month{static_cast<unsigned>(local.month)},
                                      date::day{static_cast<unsigned>(local.day)}};
  THAW_CHECK(calendar.ok(), "a civil time must be a date of the calendar");
  THAW_CHECK(local.year >= 1678 && local.year < 2262, "a civil time must fit a TimePoint");
  const date::local_seconds wall = date::local_days{calendar} + std::chrono::hours{local.hour} +
                                   std::chrono::minutes{local.minute} +
                                   std::chrono::seconds{local.second};
  // `first` is the period before a change, and the only period where none is near.
  const std::chrono::seconds offset = database_zone(zone_).get_info(wall).first.offset;
  return {wall.time_since_epoch() - offset};
}

}  // namespace thaw
