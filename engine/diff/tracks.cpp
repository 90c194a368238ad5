#include "engine/diff/tracks.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "engine/diagnostic.hpp"

namespace thaw::diff {
namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t kLargest = std::uintmax_t{256} << 20;
constexpr double kLongest_s = 9e9;  // what nanoseconds hold

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 60 ? text.substr(0, 60) + "…" : text;
}

// Pods or nodes of one name: who is there, and who is known at all.
struct Members {
  Track track;
  std::set<std::string> there, known;
  std::int64_t earlier = 0;  // there before the timeline told of them, and gone by now

  void enters(const std::string& who, Duration at) {
    known.insert(who);
    if (there.insert(who).second) step(at);
  }
  // Who was seen to go already (lost with its node, then gone) does not go again.
  void leaves(const std::string& who, Duration at) {
    const bool unheard_of = known.insert(who).second;
    if (unheard_of) ++earlier;
    if (there.erase(who) > 0 || unheard_of) step(at);
  }
  // From what there was at the start on.
  void step(Duration at) {
    track.steps.push_back({at, static_cast<std::int64_t>(there.size()) - earlier});
  }
};

class Reading {
 public:
  explicit Reading(std::string file) : file_(std::move(file)) {}

  void line(std::string_view text, int number) {
    line_ = number;
    const Json event = Json::parse(text, nullptr, false);
    if (event.is_discarded()) return fail("expected a JSON object, found \"" + cut(text) + "\"");
    if (!event.is_object()) return fail("expected a JSON object, found " + shown(event));
    const std::optional<Duration> at = instant(event);
    const std::string kind = word(event, "kind"), name = word(event, "name"),
                      what = word(event, "what");
    if (!at || kind.empty() || what.empty()) return;
    if (*at < tracks_.end) fail("t_s is before that of the line above");
    tracks_.end = std::max(tracks_.end, *at);
    if (kind == "pod") pod(name, what, word(event, "pod"), *at);
    if (kind == "node") node(name, what, word(event, "node"), *at);
    if (kind == "decision") decision(event, name, *at);
  }

  Tracks finish() && {
    problems_.throw_if_any();
    for (auto& [key, members] : members_) add(std::move(members.track), members.earlier);
    for (auto& [name, track] : desired_) add(std::move(track), 0);
    std::sort(tracks_.all.begin(), tracks_.all.end(), [](const Track& a, const Track& b) {
      return std::tie(a.measure, a.name) < std::tie(b.measure, b.name);
    });
    return std::move(tracks_);
  }

 private:
  void fail(std::string message) { problems_.error({file_, line_, 0}, "", std::move(message)); }
  static std::string cut(std::string_view text) {
    return std::string(text.substr(0, 60)) + (text.size() > 60 ? "…" : "");
  }

  std::optional<Duration> instant(const Json& event) {
    const auto found = event.find("t_s");
    const bool number = found != event.end() && found->is_number();
    const double seconds = number ? found->get<double>() : -1;
    if (number && seconds >= 0 && seconds < kLongest_s)
      return Duration{static_cast<std::int64_t>(std::round(seconds * 1e9))};
    fail("t_s: expected seconds from the start, found " +
         (found == event.end() ? std::string("none") : shown(*found)));
    return std::nullopt;
  }

  std::string word(const Json& event, const char* key) {
    const auto found = event.find(key);
    if (found != event.end() && found->is_string() && !found->get_ref<const std::string&>().empty())
      return found->get<std::string>();
    fail(std::string(key) + ": expected a word, found " +
         (found == event.end() ? std::string("none") : shown(*found)));
    return {};
  }

  Members& members(Measure measure, const std::string& name) {
    Members& found = members_[{measure, name}];
    found.track.measure = measure;
    found.track.name = name;
    return found;
  }

  void pod(const std::string& function, const std::string& what, const std::string& pod,
           Duration at) {
    const bool gone = what == "gone" || what == "lost";
    Members& replicas = members(Measure::replicas, function);
    Members& ready = members(Measure::ready, function);
    if (what == "created") replicas.enters(pod, at);
    if (what == "created") ready.known.insert(pod);
    if (what == "ready") ready.enters(pod, at);
    if (what == "not_ready" || what == "terminating" || gone) leaves_ready(ready, pod, at);
    if (gone) replicas.leaves(pod, at);
  }
  // A pod that was created here and never became ready does not stop being so.
  static void leaves_ready(Members& ready, const std::string& pod, Duration at) {
    if (!ready.known.contains(pod) || ready.there.contains(pod)) ready.leaves(pod, at);
  }

  void node(const std::string& pool, const std::string& what, const std::string& node,
            Duration at) {
    Members& nodes = members(Measure::nodes, pool);
    if (what == "ordered" || what == "created") nodes.known.insert(node);
    if (what == "ready") nodes.enters(node, at);
    if (what != "gone" && what != "lost") return;
    if (!nodes.known.contains(node) || nodes.there.contains(node)) nodes.leaves(node, at);
  }

  void decision(const Json& event, const std::string& function, Duration at) {
    const auto desired = event.find("desired"), was = event.find("was");
    if (desired == event.end()) return;  // of a policy of single instances
    if (!desired->is_number_integer()) return fail("desired: expected a number of replicas");
    const auto [found, fresh] = desired_.try_emplace(function);
    Track& track = found->second;
    track.measure = Measure::desired;
    track.name = function;
    const auto value = desired->get<std::int64_t>();
    // What is asked for at the very start is where it begins.
    const bool told = at > Duration{0} && was != event.end() && was->is_number_integer();
    if (fresh) track.before = told ? was->get<std::int64_t>() : value;
    track.steps.push_back({at, value});
  }

  // Steps by their last value at an instant; those that change nothing are none.
  void add(Track track, std::int64_t earlier) {
    if (earlier > 0) track.before = earlier;
    std::vector<Step> kept;
    for (Step step : track.steps) {
      step.value += earlier;
      if (!kept.empty() && kept.back().at == step.at) kept.pop_back();
      const std::int64_t last = kept.empty() ? track.before : kept.back().value;
      if (step.value != last) kept.push_back(step);
    }
    track.steps = std::move(kept);
    tracks_.all.push_back(std::move(track));
  }

  std::string file_;
  int line_ = 0;
  Diagnostics problems_;
  Tracks tracks_;
  std::map<std::pair<Measure, std::string>, Members> members_;
  std::map<std::string, Track> desired_;
};

}  // namespace

std::string_view name_of(Measure measure) {
  switch (measure) {
    case Measure::desired:
      return "desired";
    case Measure::replicas:
      return "replicas";
    case Measure::ready:
      return "ready";
    case Measure::nodes:
      return "nodes";
  }
  return "";
}

Tracks tracks_of(std::string_view text, const std::string& file) {
  Reading reading(file);
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!line.empty()) reading.line(line, number);
  }
  return std::move(reading).finish();
}

Tracks read_tracks(const std::string& path) {
  std::error_code wrong;
  const bool folder = std::filesystem::is_directory(path, wrong);
  const std::string file =
      folder ? (std::filesystem::path(path) / "timeline.jsonl").string() : path;
  const auto refuse = [&](const std::string& why) { throw InputError({{{file, 0, 0}, "", why}}); };
  if (const auto size = std::filesystem::file_size(file, wrong); !wrong && size > kLargest)
    refuse("is larger than 256 MiB");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    refuse("cannot be read: expected a timeline.jsonl, or a folder that --out wrote");
  return tracks_of(text.view(), file);
}

}  // namespace thaw::diff
