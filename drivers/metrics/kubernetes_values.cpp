#include "drivers/metrics/kubernetes_values.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "drivers/metrics/kubernetes_paths.hpp"
#include "drivers/metrics/quantity.hpp"
#include "engine/scenario/rfc3339.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::metrics {
namespace {

using nlohmann::json;

// A member, or null where there is none of that name; `from` need not be an object.
const json& at(const json& from, const char* key) {
  static const json kNone;
  if (!from.is_object()) return kNone;
  const auto found = from.find(key);
  return found == from.end() ? kNone : *found;
}

std::string text_at(const json& from, const char* key) {
  const json& value = at(from, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<Milli> quantity_at(const json& from, const char* key) {
  return quantity_milli(text_at(from, key));
}

std::optional<TimePoint> time_at(const json& from) {
  return scenario::parse_rfc3339(text_at(from, "timestamp"));
}

// v1beta1 and the external API write `window`, v1beta2 `windowSeconds`.
Duration window_of(const json& value) {
  for (const char* key : {"windowSeconds", "window"}) {
    const json& seconds = at(value, key);
    // At most a day: what is longer is no window.
    if (seconds.is_number_integer() && seconds >= 0 && seconds <= 86'400) {
      return std::chrono::seconds(seconds.get<std::int64_t>());
    }
  }
  return {};
}

Answer malformed(const std::string& what) { return Answer::error("the answer has " + what); }

void take(Answer& answer, PodValue value) {
  answer.taken = answer.pods.empty() ? value.taken : std::min(answer.taken, value.taken);
  answer.pods.push_back(std::move(value));
}

void take(Answer& answer, Milli value, TimePoint taken) {
  answer.taken = answer.series.empty() ? taken : std::min(answer.taken, taken);
  answer.series.push_back(value);
}

// The containers of one pod. One without a reading of the resource is unlike one without load: the
// whole pod is left out, as the autoscaler does; asked for one container, that one alone counts.
std::optional<std::string> take_containers(const MetricRef& metric, const json& item,
                                           Answer& answer) {
  const auto taken = time_at(item);
  const auto window = units::go_duration(text_at(item, "window"));
  if (!taken) return "a pod without a timestamp";
  std::vector<PodValue> values;
  for (const json& container : at(item, "containers")) {
    const std::string name = text_at(container, "name");
    const json& usage = at(container, "usage");
    const bool counts = metric.source == MetricSource::resource || name == metric.container;
    if (!usage.is_object() || !usage.contains(metric.name)) {
      if (counts) return {};
      continue;
    }
    const auto milli = quantity_at(usage, metric.name.c_str());
    if (!milli) return "a usage that is no quantity";
    values.push_back(
        {text_at(at(item, "metadata"), "name"), name, *milli, *taken, window.value_or(Duration{})});
  }
  for (PodValue& value : values) take(answer, std::move(value));
  return {};
}

std::optional<std::string> take_value(const MetricRef& metric, const json& item, Answer& answer) {
  const auto taken = time_at(item);
  const auto milli = quantity_at(item, "value");
  if (!taken) return "a value without a timestamp";
  if (!milli) return "a value that is no quantity";
  if (metric.source == MetricSource::pods) {
    take(answer,
         {text_at(at(item, "describedObject"), "name"), {}, *milli, *taken, window_of(item)});
  } else {
    take(answer, *milli, *taken);
  }
  return {};
}

Answer refusal(const MetricRef& metric, unsigned status, std::string_view body) {
  const json answer = json::parse(body, nullptr, false);
  const std::string group(group_of(metric.source)), message = text_at(answer, "message");
  const std::string tail = message.empty() ? "" : ": " + message;
  if (status == 404) return Answer::absent(group + " knows no " + metric.name + tail);
  if (status == 403) return Answer::error("forbidden: get " + group + tail);
  if (status == 503) return Answer::error(group + " is down" + tail);
  return Answer::error(group + " answers HTTP " + std::to_string(status) + tail);
}

}  // namespace

Answer read_values(const MetricRef& metric, unsigned status, std::string_view body, TimePoint now) {
  if (status != 200) return refusal(metric, status, body);
  const json list = json::parse(body, nullptr, false);
  const json& items = at(list, "items");
  // Go writes an empty list of some servers as null.
  if (!list.is_object() || !(items.is_array() || (items.is_null() && list.contains("items")))) {
    return malformed("no list of items");
  }
  const bool of_resource = group_of(metric.source) == kResourceGroup;
  Answer answer;
  answer.presence = Presence::ok;
  answer.taken = now;
  for (const json& item : items) {
    const auto fault =
        of_resource ? take_containers(metric, item, answer) : take_value(metric, item, answer);
    if (fault) return malformed(*fault);
  }
  if (metric.source == MetricSource::object && answer.series.size() != 1) {
    return malformed(std::to_string(answer.series.size()) + " values of one object");
  }
  return answer;
}

void drop_stale(Answer& answer, TimePoint now, Duration limit) {
  if (answer.presence != Presence::ok || answer.taken >= now - limit) return;
  const std::string age = to_text(std::chrono::round<std::chrono::seconds>(now - answer.taken));
  const bool had_pods = !answer.pods.empty();
  std::erase_if(answer.pods, [&](const PodValue& pod) { return pod.taken < now - limit; });
  if (had_pods && !answer.pods.empty()) {
    answer.taken =
        std::min_element(answer.pods.begin(), answer.pods.end(), [](const auto& a, const auto& b) {
          return a.taken < b.taken;
        })->taken;
    return;
  }
  const TimePoint taken = answer.taken;
  answer = Answer::absent("stale: taken " + age + " ago, more than " + to_text(limit));
  answer.taken = taken;
}

ApiGroup read_group(std::string_view group, unsigned status, std::string_view body,
                    std::span<const std::string_view> known) {
  const std::string name(group);
  if (status == 404) return {Presence::absent, {}, "the cluster serves no " + name};
  const json found = json::parse(body, nullptr, false);
  const json& versions = at(found, "versions");
  if (status != 200 || !versions.is_array()) {
    const std::string message = text_at(found, "message");
    return {
        Presence::error,
        {},
        name + " answers HTTP " + std::to_string(status) + (message.empty() ? "" : ": " + message)};
  }
  for (const std::string_view version : known) {
    for (const json& served : versions) {
      if (text_at(served, "version") == version) return {Presence::ok, std::string(version), {}};
    }
  }
  return {Presence::absent, {}, "the cluster serves no version of " + name + " that is known here"};
}

}  // namespace thaw::metrics
