// Replicas by the clock: so many on these days between these times, so many otherwise.
//
//   entry holds at t  <=>  begin <= t < end, for the begin of one of its days
//   of entries that hold at once the first in the list decides
// A time that is not later than the begin is one of the next day, which belongs to the day of the
// begin: "Fri, 22:00 to 06:00" ends on Saturday. A time of day that the zone skips or repeats takes
// the offset from before the change. What something else wrote is put back. Asked again when the
// number changes; nothing is kept over a restart, since the clock says it all.
// Source: KEDA's cron scaler has the same begin, end, zone and number, but takes the highest.
#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "engine/scenario/units.hpp"
#include "engine/time_zone.hpp"
#include "policies/all.hpp"
#include "policies/put_back.hpp"

namespace thaw {
namespace scheduled_detail {

constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr int kMidnight = 24 * 60;

struct Entry {
  std::array<bool, 7> on{};  // Monday first
  int from = 0, to = 0;      // minutes of the day
  std::int32_t replicas = 0;
};

struct Span {
  TimePoint begin, end;
};

std::optional<std::size_t> day_of(std::string_view text) {
  const auto found = std::find(kDays.begin(), kDays.end(), text);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

// "Mon", "Mon-Fri" or "Fri-Mon".
bool add_days(std::string_view text, std::array<bool, 7>& on) {
  const auto dash = text.find('-');
  const auto first = day_of(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : day_of(text.substr(dash + 1));
  if (!first || !last) return false;
  for (std::size_t day = *first;; day = (day + 1) % 7) {
    on[day] = true;
    if (day == *last) return true;
  }
}

// "08:00"; 24:00 is the end of the day.
std::optional<int> minutes_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hours = units::integer(text.substr(0, 2)), minutes = units::integer(text.substr(3));
  if (!hours || !minutes || *hours < 0 || *minutes < 0 || *minutes > 59) return std::nullopt;
  const auto all = *hours * 60 + *minutes;
  if (all > kMidnight) return std::nullopt;
  return static_cast<int>(all);
}

class Scheduled final : public ScalingPolicy {
 public:
  Scheduled(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override { return {.pods = true, .peers = {}, .metrics = {}}; }
  Decision decide(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override { out.version(1); }
  bool restore(const StateReader& in) override { return in.version() == 1; }

 private:
  static Entry read_entry(ParamsReader& reader, const std::string& key);

  TimePoint instant(std::chrono::sys_days day, int minutes) const;
  Span span(const Entry& entry, std::chrono::sys_days day) const;
  // The spans of `entry` that begin from yesterday on, `days` of them, by the calendar of the zone.
  template <class Visit>
  void each_span(const Entry& entry, TimePoint now, int days, Visit visit) const;
  std::optional<std::size_t> holds(TimePoint now) const;
  TimePoint next_change(TimePoint now) const;

  std::vector<Entry> entries_;
  std::int32_t otherwise_ = 0;
  std::optional<TimeZone> zone_;
  PutBack writes_;
};

Entry Scheduled::read_entry(ParamsReader& reader, const std::string& key) {
  Entry entry;
  const auto days = reader.list(key + ".days");
  for (const std::string& part : days) {
    if (!add_days(part, entry.on)) {
      reader.error(key + ".days",
                   "expected days such as Mon-Fri or Sat,Sun, found \"" + part + "\"");
    }
  }
  if (days.empty()) entry.on.fill(true);
  const auto time = [&](const std::string& name, const std::string& fallback) {
    const std::string text = reader.text(key + name, fallback);
    const auto minutes = minutes_of(text);
    if (!minutes) {
      reader.error(key + name, "expected a time of day such as 08:00, found \"" + text + "\"");
    }
    return minutes.value_or(0);
  };
  entry.from = time(".from", "00:00");
  entry.to = time(".to", "24:00");
  if (entry.from == kMidnight) reader.error(key + ".from", "24:00 is the end of a day");
  entry.replicas = static_cast<std::int32_t>(
      reader.integer(key + ".replicas", 1, 0, std::numeric_limits<std::int32_t>::max()));
  return entry;
}

void Scheduled::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "scheduled");
  entries_.clear();
  const std::size_t count = reader.children("entries").size();
  for (std::size_t i = 0; i < count; ++i) {
    entries_.push_back(read_entry(reader, "entries." + std::to_string(i)));
  }
  otherwise_ = static_cast<std::int32_t>(
      reader.integer("otherwise", 0, 0, std::numeric_limits<std::int32_t>::max()));
  const std::string zone = reader.text("time-zone", "UTC");
  zone_ = TimeZone::find(zone);
  if (!zone_) {
    reader.error("time-zone", "expected a zone such as Europe/Paris, found \"" + zone + "\"");
    entries_.clear();
  }
  reader.finish();
}

TimePoint Scheduled::instant(std::chrono::sys_days day, int minutes) const {
  const std::chrono::year_month_day date{day + std::chrono::days(minutes / kMidnight)};
  return zone_->instant({.year = static_cast<int>(date.year()),
                         .month = static_cast<int>(static_cast<unsigned>(date.month())),
                         .day = static_cast<int>(static_cast<unsigned>(date.day())),
                         .hour = minutes % kMidnight / 60,
                         .minute = minutes % 60,
                         .second = 0});
}

Span Scheduled::span(const Entry& entry, std::chrono::sys_days day) const {
  const int to = entry.to > entry.from ? entry.to : entry.to + kMidnight;
  return {instant(day, entry.from), instant(day, to)};
}

template <class Visit>
void Scheduled::each_span(const Entry& entry, TimePoint now, int days, Visit visit) const {
  const CivilTime local = zone_->local(now);
  const std::chrono::sys_days today{std::chrono::year{local.year} /
                                    std::chrono::month{static_cast<unsigned>(local.month)} /
                                    std::chrono::day{static_cast<unsigned>(local.day)}};
  for (int i = 0; i < days; ++i) {
    const std::chrono::sys_days day = today + std::chrono::days(i - 1);
    if (entry.on[std::chrono::weekday(day).iso_encoding() - 1]) visit(span(entry, day));
  }
}

std::optional<std::size_t> Scheduled::holds(TimePoint now) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    bool held = false;
    each_span(entries_[i], now, 2, [&](Span s) { held = held || (s.begin <= now && now < s.end); });
    if (held) return i;
  }
  return std::nullopt;
}

TimePoint Scheduled::next_change(TimePoint now) const {
  TimePoint next = TimePoint::never();
  for (const Entry& entry : entries_) {
    // From yesterday to today in a week: each day of the week that is to come, and what still runs.
    each_span(entry, now, 9, [&](Span s) {
      if (s.begin > now) next = std::min(next, s.begin);
      if (s.end > now) next = std::min(next, s.end);
    });
  }
  return next;
}

Decision Scheduled::decide(const Observation& seen) {
  if (seen.cause == Cause::start) writes_.forget();
  const auto entry = holds(seen.now);
  const std::int32_t wanted = entry ? entries_[*entry].replicas : otherwise_;
  Decision decision;
  decision.desired = writes_.towards(Replicas(wanted), seen);
  decision.ask_again = std::min(writes_.ask_again(), next_change(seen.now));
  decision.why = {ReasonCode::scheduled,
                  {static_cast<double>(wanted), entry ? static_cast<double>(*entry) : -1.0}};
  return decision;
}

constexpr ParamInfo kParams[] = {
    {"entries.N.days", "Mon-Sun", "on which days entry N begins: Mon-Fri, or Sat,Sun"},
    {"entries.N.from", "00:00", "HH:mm: entry N holds from here on"},
    {"entries.N.to", "24:00", "HH:mm: to here; not later than from is the next day"},
    {"entries.N.replicas", "1", "replicas while entry N holds"},
    {"otherwise", "0", "replicas while no entry holds"},
    {"time-zone", "UTC", "zone of the days and times"},
};

}  // namespace scheduled_detail

PolicyInfo scheduled_policy() {
  using namespace scheduled_detail;
  return {.name = "scheduled",
          .summary = "replicas by day of the week and time of day",
          .source = "the same idea as KEDA's cron scaler",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Scheduled>(spec, diagnostics);
          }};
}

}  // namespace thaw
