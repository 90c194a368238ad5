#include "policies/exec/protocol.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/diagnostic.hpp"
#include "engine/fact_words.hpp"
#include "policies/exec/child_process.hpp"

namespace thaw::exec {
namespace {

using nlohmann::json;

constexpr double kLongest_s = 1e9;  // 31 years: an instant this far ahead is still one

// An object of which every key must be known: a misspelt one would be a decision nobody took.
json object_in(const std::string& line, std::string_view what) {
  json message = json::parse(line, nullptr, false);
  if (!message.is_object())
    throw Nonsense("expected " + std::string(what) + ", found " + in_quotes(line));
  return message;
}

void refuse_unknown(const json& object, const std::vector<std::string>& known,
                    const std::string& line) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string near = nearest(key, known);
    throw Nonsense("unknown key " + in_quotes(key) +
                   (near.empty() ? "" : ", did you mean \"" + near + "\"?") + " in " +
                   in_quotes(line));
  }
}

[[noreturn]] void expected(const std::string& what, const json& found) {
  throw Nonsense("expected " + what + ", found " +
                 in_quotes(found.dump(-1, ' ', false, json::error_handler_t::replace)));
}

bool flag(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  if (!found->is_boolean()) expected(std::string(key) + " to be true or false", *found);
  return found->get<bool>();
}

std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_string()) expected(std::string(key) + " to be text", *found);
  return found->get<std::string>();
}

std::optional<Duration> seconds_of(const json& object, const char* key, double most) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  const double value = found->is_number() ? found->get<double>() : 0;
  if (!(value >= 1e-9 && value <= most))
    expected(std::string(key) + " to be seconds from now, more than 0 and at most " +
                 std::to_string(static_cast<std::int64_t>(most)),
             *found);
  return Duration(static_cast<std::int64_t>(value * 1e9 + 0.5));
}

MetricRef metric_of(const json& asked) {
  if (!asked.is_object()) expected("a metric such as {\"source\":\"pods\",\"name\":…}", asked);
  refuse_unknown(asked, {"source", "name", "object", "container", "selector"}, asked.dump());
  const std::optional<MetricSource> source = value_of(kSources, text(asked, "source"));
  if (!source || text(asked, "name").empty())
    expected(
        "a metric with a name and a source: resource, container_resource, pods, object, "
        "external or query",
        asked);
  return {*source, text(asked, "name"), text(asked, "object"), text(asked, "container"),
          text(asked, "selector")};
}

}  // namespace

Hello read_hello(const std::string& line) {
  constexpr std::string_view kExpected = R"({"hello":{"protocol":1}} as its first line)";
  const json message = object_in(line, kExpected);
  const auto found = message.find("hello");
  if (found == message.end() || !found->is_object())
    throw Nonsense("expected " + std::string(kExpected) + ", found " + in_quotes(line));
  const json& said = *found;
  refuse_unknown(message, {"hello"}, line);
  refuse_unknown(said, {"protocol", "wants", "deadline_s"}, line);
  if (said.value("protocol", json()) != kProtocol)
    expected("protocol 1, which is all that this version speaks", said.value("protocol", json()));
  Hello hello;
  hello.deadline = seconds_of(said, "deadline_s", 3600);
  const json wants = said.value("wants", json::object());
  if (!wants.is_object()) expected("wants to be an object", wants);
  refuse_unknown(wants, {"arrivals_at_zero", "load", "pods", "path", "peers", "metrics"}, line);
  hello.arrivals_at_zero = flag(wants, "arrivals_at_zero");
  hello.load = flag(wants, "load");
  hello.pods = flag(wants, "pods");
  hello.path = flag(wants, "path");
  hello.peers = flag(wants, "peers");
  const json metrics = wants.value("metrics", json::array());
  if (!metrics.is_array()) expected("metrics to be a list", metrics);
  for (const json& asked : metrics) hello.metrics.push_back(metric_of(asked));
  return hello;
}

Answer read_answer(const std::string& line, std::uint64_t number) {
  constexpr const char* kExpected = R"({"desired":N} or {"desired":null})";
  const json message = object_in(line, kExpected);
  refuse_unknown(message, {"desired", "ask_again_s", "why", "n"}, line);
  const auto desired = message.find("desired");
  if (desired == message.end())
    throw Nonsense("expected " + std::string(kExpected) + ", found " + in_quotes(line));
  if (const auto n = message.find("n"); n != message.end() && *n != number)
    expected("the answer to question " + std::to_string(number), *n);
  text(message, "why");
  Answer answer;
  answer.ask_again = seconds_of(message, "ask_again_s", kLongest_s);
  if (desired->is_null()) return answer;
  const double value = desired->is_number() ? desired->get<double>() : -1;
  const auto whole = value >= 0 && value <= kMostReplicas ? static_cast<std::int32_t>(value) : -1;
  if (whole < 0 || static_cast<double>(whole) != value)
    expected("desired to be null or a whole number of replicas from 0 to " +
                 std::to_string(kMostReplicas),
             *desired);
  answer.desired = Replicas(whole);
  return answer;
}

}  // namespace thaw::exec
