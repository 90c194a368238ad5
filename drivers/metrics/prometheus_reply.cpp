#include "drivers/metrics/prometheus_reply.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "drivers/metrics/quantity.hpp"

namespace thaw::metrics {
namespace {

using nlohmann::json;

// Unix seconds, of which Prometheus keeps milliseconds. Up to the year 2262.
std::optional<TimePoint> instant(double unix_s) {
  if (!(unix_s >= 0 && unix_s < 9.2e9)) return {};
  return TimePoint{std::chrono::milliseconds(std::llround(unix_s * 1000))};
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// [1435781451.781, "1"]
std::optional<Reply::Sample> sample_in(const json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_string()) {
    return {};
  }
  const auto evaluated = instant(pair[0].get<double>());
  if (!evaluated) return {};
  return Reply::Sample{*evaluated, pair[1].get<std::string>()};
}

Reply trouble(std::string what) {
  Reply reply;
  reply.trouble = std::move(what);
  return reply;
}

void read_result(const json& data, Reply& reply) {
  const std::string type = text_of(data, "resultType");
  const auto result = data.find("result");
  if (result == data.end() || (type != "vector" && type != "scalar")) {
    reply.trouble = "the query's result is a " + (type.empty() ? "thing of no type" : type) +
                    ", not a vector or a scalar";
    return;
  }
  const auto add = [&](const json& pair) {
    if (const auto sample = sample_in(pair)) {
      reply.samples.push_back(*sample);
    } else {
      reply.trouble = "a sample is not of the form [time, \"value\"]";
    }
  };
  if (type == "scalar") return add(*result);
  if (!result->is_array()) {
    reply.trouble = "the query's result is not a list";
    return;
  }
  for (const json& series : *result) {
    const bool has_value = series.is_object() && series.contains("value");
    add(has_value ? series["value"] : json());  // a native histogram has none
  }
}

std::string http_trouble(unsigned status) {
  const std::string code = "HTTP " + std::to_string(status);
  if (status == 401 || status == 403) return code + ": the store wants other credentials";
  if (status == 404) return code + ": no query API at this path (a prefix may be missing)";
  return code;
}

}  // namespace

Reply read_reply(unsigned status, std::string_view body) {
  const json envelope = json::parse(body, nullptr, false);
  if (!envelope.is_object() || !envelope.contains("status")) {
    return trouble(status == 200 ? "the answer is not Prometheus' JSON" : http_trouble(status));
  }
  if (status != 200 || text_of(envelope, "status") != "success") {
    const std::string type = text_of(envelope, "errorType"), error = text_of(envelope, "error");
    return trouble(http_trouble(status) + (type.empty() ? "" : ": " + type) +
                   (error.empty() ? "" : ": " + error));
  }
  // Some of the store's parts did not answer: a sum over the rest would be too low.
  const auto partial = envelope.find("isPartial");
  if (partial != envelope.end() && *partial == true) return trouble("the answer is partial");
  const auto data = envelope.find("data");
  if (data == envelope.end() || !data->is_object()) return trouble("the answer has no data");

  Reply reply;
  read_result(*data, reply);
  const auto warnings = envelope.find("warnings");
  if (warnings != envelope.end() && warnings->is_array()) {
    for (const json& warning : *warnings) {
      if (warning.is_string()) reply.warnings.push_back(warning.get<std::string>());
    }
  }
  if (!reply.trouble.empty()) reply.samples.clear();
  return reply;
}

Answer to_answer(Reply reply, const std::optional<Reply>& oldest, TimePoint now) {
  if (!reply.trouble.empty()) return Answer::error(std::move(reply.trouble));
  if (reply.samples.empty()) return Answer::absent("the query answers no series");
  if (reply.samples.size() > 1) {
    return Answer::error("the query answers " + std::to_string(reply.samples.size()) +
                         " series where one number is asked for: wrap it in sum() or max()");
  }
  const Reply::Sample& sample = reply.samples[0];
  const SampleValue value = sample_value(sample.value);
  Answer answer;
  answer.presence = value.presence;
  answer.taken = now;
  answer.warnings = std::move(reply.warnings);
  if (value.presence == Presence::ok) answer.series = {value.milli};
  if (value.presence == Presence::nan) answer.trouble = "the answer is " + sample.value;
  if (value.presence == Presence::error) answer.trouble = "no number: \"" + sample.value + "\"";
  if (!oldest || (oldest->trouble.empty() && oldest->samples.empty())) return answer;

  double unix_s = -1;
  if (oldest->trouble.empty() && oldest->samples.size() == 1) {
    const std::string& text = oldest->samples[0].value;
    std::from_chars(text.data(), text.data() + text.size(), unix_s);
  }
  const auto taken = instant(unix_s);
  if (!taken) return Answer::error("the age of its samples is not known: " + oldest->trouble);
  answer.taken = now - std::max(Duration{0}, sample.evaluated - *taken);
  return answer;
}

}  // namespace thaw::metrics
