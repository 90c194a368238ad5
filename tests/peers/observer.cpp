#include "tests/peers/observer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "engine/report/timeline.hpp"
#include "tests/live/process.hpp"

namespace thaw::peers {
namespace {

constexpr const char* kReady = R"({.object.status.conditions[?(@.type=="Ready")].status})";

std::string label_of(const std::string& label) {  // as jsonpath has it
  std::string text;
  for (const char c : label) text += c == '.' ? std::string("\\.") : std::string(1, c);
  return "{.object.metadata.labels." + text + "}";
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '|');) fields.push_back(field);
  fields.resize(std::max<std::size_t>(fields.size(), 5));
  return fields;
}

// Turns lines of the watches into events; what it knows of each object keeps out what is no change.
class Telling {
 public:
  explicit Telling(Clock::time_point start) : start_(start) {}

  void node(const std::vector<std::string>& f, Clock::time_point at) {
    if (f[3] == "True" && ready_.insert(f[1]).second) tell(at, EventKind::node, f, "ready");
    if (f[0] == "DELETED") tell(at, EventKind::node, f, "gone");
  }
  void pod(const std::vector<std::string>& f, Clock::time_point at) {
    if (created_.insert(f[1]).second) tell(at, EventKind::pod, f, "created");
    const bool ends = !f[4].empty();
    if (ends && ending_.insert(f[1]).second) tell(at, EventKind::pod, f, "terminating");
    const bool ready = f[3] == "True" && !ends;
    if (ready && ready_.insert(f[1]).second) tell(at, EventKind::pod, f, "ready");
    if (!ready && !ends && ready_.erase(f[1]) > 0) tell(at, EventKind::pod, f, "not_ready");
    if (f[0] == "DELETED") tell(at, EventKind::pod, f, "gone");
  }
  void deployment(const std::vector<std::string>& f, Clock::time_point at) {
    if (f[0] == "DELETED" || f[3].empty()) return;
    const std::int64_t desired = std::stoll(f[3]);
    const auto [was, fresh] = desired_.try_emplace(f[2], 0);
    if (!fresh && was->second == desired) return;
    add(at, {{},
             EventKind::decision,
             f[2],
             "observed",
             "",
             {{"desired", desired}, {"was", was->second}}});
    was->second = desired;
  }
  std::string text() const { return to_jsonl(events_, TimePoint{}); }

 private:
  void tell(Clock::time_point at, EventKind kind, const std::vector<std::string>& f,
            const char* what) {
    add(at, {{}, kind, f[2], what, "", {{std::string(name_of(kind)), f[1]}}});
  }
  void add(Clock::time_point at, TimelineEvent event) {
    if (at < start_) return;
    event.at = TimePoint{} + std::chrono::duration_cast<Duration>(at - start_);
    events_.push_back(std::move(event));
  }

  Clock::time_point start_;
  std::set<std::string> created_, ready_, ending_;
  std::map<std::string, std::int64_t> desired_;
  Timeline events_;
};

}  // namespace

Observer::Observer(const live::Plane& plane, const std::string& space, const std::string& label) {
  const auto get = [&](char of, const std::string& kind, const std::string& rest) {
    std::vector<std::string> arguments{
        "get", kind, "--watch", "--output-watch-events",
        "--output=jsonpath={.type}|{.object.metadata.name}|" + rest + "{\"\\n\"}"};
    if (of != 'n') arguments.push_back("--namespace=" + space);
    watches_.emplace_back([this, of, command = plane.kubectl_command(arguments)](
                              const std::stop_token& enough) { watch(enough, of, command); });
  };
  get('n', "nodes", label_of("node.kubernetes.io/instance-type") + "|" + kReady);
  get('p', "pods", label_of(label) + "|" + kReady + "|{.object.metadata.deletionTimestamp}");
  get('d', "deployments", label_of(label) + "|{.object.spec.replicas}");
}

Observer::~Observer() = default;

void Observer::watch(const std::stop_token& enough, char of,
                     const std::vector<std::string>& command) {
  live::Companion kubectl(command);
  while (!enough.stop_requested()) {
    const std::string line = kubectl.line(200);
    if (line.empty()) continue;
    const Clock::time_point at = Clock::now();
    std::vector<std::string> fields = split(line);
    if (fields[2].empty()) continue;
    const std::scoped_lock lock(mutex_);
    lines_.push_back({at, of, std::move(fields)});
  }
}

std::vector<Observer::Line> Observer::lines() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Line> sorted = lines_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Line& a, const Line& b) { return a.at < b.at; });
  return sorted;
}

std::optional<Clock::time_point> Observer::first_asked() const {
  for (const Line& line : lines())
    if (line.of == 'd' && !line.fields[3].empty() && line.fields[3] != "0") return line.at;
  return std::nullopt;
}

std::string Observer::timeline(Clock::time_point start) const {
  Telling telling(start);
  for (const Line& line : lines()) {
    if (line.of == 'n') telling.node(line.fields, line.at);
    if (line.of == 'p') telling.pod(line.fields, line.at);
    if (line.of == 'd') telling.deployment(line.fields, line.at);
  }
  return telling.text();
}

std::vector<Duration> Observer::first_starts() const {
  std::map<std::string, Clock::time_point> first;  // pods that were made when there was none
  std::set<std::string> there, known;
  std::vector<Duration> took;
  for (const Line& line : lines()) {
    if (line.of != 'p') continue;
    const std::string& pod = line.fields[1];
    const bool ends = line.fields[0] == "DELETED" || !line.fields[4].empty();
    if (known.insert(pod).second && !ends && there.empty()) first.emplace(pod, line.at);
    if (ends) {
      there.erase(pod);
    } else {
      there.insert(pod);
    }
    const auto begun = first.find(pod);
    if (line.fields[3] != "True" || begun == first.end()) continue;
    took.push_back(std::chrono::duration_cast<Duration>(line.at - begun->second));
    first.erase(begun);
  }
  return took;
}

std::int64_t Observer::now(diff::Measure measure) const {
  std::int64_t sum = 0;
  for (const diff::Track& track : diff::tracks_of(timeline(began_), "observed").all)
    if (track.measure == measure)
      sum += track.steps.empty() ? track.before : track.steps.back().value;
  return sum;
}

}  // namespace thaw::peers
