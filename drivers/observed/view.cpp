#include "drivers/observed/view.hpp"

#include <algorithm>

namespace thaw::observed {
namespace {

template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

template <class Items>
std::optional<std::size_t> index_of(const Items& items, std::string_view name) {
  const auto found = std::ranges::find(
      items, name, [](const auto& item) -> std::string_view { return item.name; });
  if (found == items.end()) return std::nullopt;
  return static_cast<std::size_t>(found - items.begin());
}

}  // namespace

View::View(const Scenario& scenario, const Pace& pace, std::function<void()> moved)
    : gauges(scenario.start, scenario.sampling, names_of(scenario.functions),
             names_of(scenario.cluster.pools)),
      scenario_(scenario),
      pace_(pace),
      moved_(std::move(moved)),
      last_(scenario.start),
      busy_(scenario.functions.size(), TimeWeighted(scenario.start)) {}

TimePoint View::now() const {
  last_ = std::max(last_, pace_.now());
  return last_;
}

std::optional<std::size_t> View::function(std::string_view name) const {
  return index_of(scenario_.functions, name);
}

std::optional<std::size_t> View::pool(std::string_view name) const {
  return index_of(scenario_.cluster.pools, name);
}

void View::set(Gauge gauge, std::size_t index, std::int64_t value) {
  if (gauges.at(gauge, index).value() == value) return;
  gauges.set(gauge, index, value, now());
  if (gauge == Gauge::in_flight || gauge == Gauge::ready)
    busy_[index].set(now(), std::min(gauges.at(Gauge::in_flight, index).value(),
                                     gauges.at(Gauge::ready, index).value()));
  moved_();
}

void View::tell(EventKind kind, std::string name, std::string what, std::string words,
                Fields fields) {
  if (pace_.now() < scenario_.start) return;
  timeline.push_back(
      {now(), kind, std::move(name), std::move(what), std::move(words), std::move(fields)});
  moved_();
}

void View::add(TimelineEvent event) {
  event.at = now();
  timeline.push_back(std::move(event));
  moved_();
}

}  // namespace thaw::observed
