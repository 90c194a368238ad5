// What thaw says: the hello and the questions. Written by hand rather than by a library, which
// would print an instant as a double and lose its nanoseconds.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/fact_words.hpp"
#include "policies/exec/protocol.hpp"

namespace thaw::exec {
namespace {

std::string text(std::string_view value) {
  using nlohmann::json;
  return json(value).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string truth(bool value) { return value ? "true" : "false"; }

// The shortest decimal that reads back as the same number; JSON has no word for what is not finite.
std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return {digits, end};
}

// A whole number of 10^-places, exactly: 1500 and 3 are "1.5".
std::string decimal(std::int64_t value, std::size_t places) {
  // Negated as an unsigned number: the least one has no positive counterpart.
  const auto bits = static_cast<std::uint64_t>(value);
  std::string digits = std::to_string(value < 0 ? 0 - bits : bits);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  digits.insert(digits.size() - places, ".");
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return (value < 0 ? "-" : "") + digits;
}

std::string thousandths(Milli value) { return decimal(value, 3); }

std::string exact_seconds(Duration d) { return decimal(d.count(), 9); }

// {"key":value,…} and [value,…], key by key.
class Members {
 public:
  Members& add(std::string_view key, const std::string& value) {
    text_ += (text_.empty() ? "\"" : ",\"") + std::string(key) + "\":" + value;
    return *this;
  }
  std::string object() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

template <class Items, class Write>
std::string list(const Items& items, Write write) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ",") + write(item);
  return "[" + out + "]";
}

// null where there is none of it.
std::string condition(Condition status) {
  return status == Condition::none ? "null" : text(word_of(kConditions, status));
}

std::string write_state(WriteState state) {
  return state == WriteState::none ? "null" : text(word_of(kWrites, state));
}

class Writer {
 public:
  explicit Writer(TimePoint start) : start_(start) {}

  std::string instant(TimePoint t) const { return exact_seconds(t - start_); }
  std::string instant(const std::optional<TimePoint>& t) const { return t ? instant(*t) : "null"; }

  std::string load(const Load& one) const {
    return Members()
        .add("at_s", instant(one.at))
        .add("concurrency", number(one.concurrency))
        .add("proxied_concurrency", number(one.proxied_concurrency))
        .add("requests_per_s", number(one.requests))
        .add("proxied_requests_per_s", number(one.proxied_requests))
        .add("completions_per_s", number(one.completions))
        .add("from_replicas", truth(one.from_replicas))
        .object();
  }

  std::string pod(const PodFacts& one) const {
    const bool has_condition = one.ready != Condition::none && one.ready_changed != TimePoint{};
    return Members()
        .add("id", std::to_string(one.id))
        .add("phase", text(word_of(kPhases, one.phase)))
        .add("ready", condition(one.ready))
        .add("deleting", truth(one.deleting))
        .add("unschedulable", truth(one.unschedulable))
        .add("created_s", instant(one.created))
        .add("started_s", instant(one.started))
        .add("ready_changed_s", has_condition ? instant(one.ready_changed) : "null")
        .add("requests", list(one.requests,
                              [](const ResourceRequest& request) {
                                return Members()
                                    .add("container", text(request.container))
                                    .add("resource", text(request.resource))
                                    .add("value", thousandths(request.milli))
                                    .object();
                              }))
        .object();
  }

  std::string metric(const MetricRef& asked, const MetricFacts* facts) const {
    Members members;
    members.add("name", text(asked.name))
        .add("presence", text(word_of(kPresences, facts ? facts->presence : Presence::absent)));
    if (!facts || facts->presence != Presence::ok) return members.object();
    return members.add("taken_s", instant(facts->taken))
        .add("series", list(facts->series, thousandths))
        .add("pods", list(facts->pods,
                          [this](const PodSample& sample) {
                            return Members()
                                .add("pod", std::to_string(sample.pod))
                                .add("container", text(sample.container))
                                .add("value", thousandths(sample.value))
                                .add("taken_s", instant(sample.taken))
                                .add("window_s", exact_seconds(sample.window))
                                .object();
                          }))
        .object();
  }

  std::string peer(const PeerFacts& one, const Spec& spec) const {
    std::string name;
    for (const Spec::Peer& known : spec.peers)
      if (known.id == one.id) name = known.name;
    return Members()
        .add("name", text(name))
        .add("ready", std::to_string(one.ready.count))
        .add("last_activity_s", instant(one.last_activity))
        .object();
  }

 private:
  TimePoint start_;
};

std::string replicas(Replicas n) { return std::to_string(n.count); }

}  // namespace

std::string hello_line(const Spec& spec) {
  const Members hello =
      Members()
          .add("protocol", std::to_string(kProtocol))
          .add("function", text(spec.name))
          .add("peers", list(spec.peers, [](const Spec::Peer& peer) { return text(peer.name); }));
  return Members().add("hello", hello.object()).object();
}

std::string line_of(const Question& question, const Hello& wanted) {
  const Observation& seen = question.seen;
  const Writer writer(question.start);
  Members line;
  line.add("n", std::to_string(question.number))
      .add("now_s", writer.instant(seen.now))
      .add("utc", text(to_text(seen.now)))
      .add("cause", text(word_of(kCauses, seen.cause)))
      .add("spec", replicas(seen.spec))
      .add("status", replicas(seen.status))
      .add("ready", replicas(seen.ready))
      .add("in_flight", std::to_string(seen.in_flight))
      .add("queued", std::to_string(seen.queued))
      .add("last_activity_s", writer.instant(seen.last_activity))
      .add("facts_taken_s", writer.instant(seen.facts_taken));
  const bool wrote = seen.last_write.state != WriteState::none;
  line.add("last_write", Members()
                             .add("state", write_state(seen.last_write.state))
                             .add("asked", wrote ? replicas(seen.last_write.asked) : "null")
                             .object());
  if (wanted.load)
    line.add("load", list(seen.load, [&](const Load& one) { return writer.load(one); }));
  if (wanted.pods)
    line.add("pods", list(seen.pods, [&](const PodFacts& one) { return writer.pod(one); }));
  if (wanted.peers)
    line.add("peers", list(seen.peers,
                           [&](const PeerFacts& one) { return writer.peer(one, question.spec); }));
  if (wanted.path)
    line.add("path", Members()
                         .add("mode", text(word_of(kModes, seen.path.mode)))
                         .add("proxied_since_s", writer.instant(seen.path.proxied_since))
                         .add("gateway_answers", truth(seen.path.gateway_answers))
                         .object());
  if (!wanted.metrics.empty()) {
    std::size_t i = 0;
    line.add("metrics", list(wanted.metrics, [&](const MetricRef& asked) {
               const std::size_t at = i++;
               return writer.metric(asked, at < seen.metrics.size() ? &seen.metrics[at] : nullptr);
             }));
  }
  return line.object();
}

}  // namespace thaw::exec
