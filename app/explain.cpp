#include "app/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/progress.hpp"
#include "app/verbs.hpp"
#include "engine/report/notation.hpp"
#include "engine/report/table.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::app {
namespace {

using enum Table::Align;

std::string counted(std::size_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string ago(TimePoint now, TimePoint then) {
  return then == now ? "now" : readable_length(now - then) + " ago";
}

std::string ago(TimePoint now, const std::optional<TimePoint>& then) {
  return then ? ago(now, *then) : "never";
}

const char* name_of(Cause cause) {
  switch (cause) {
    case Cause::start:
      return "the controller came up";
    case Cause::timer:
      return "the time it had asked for";
    case Cause::arrival_at_zero:
      return "a call found no ready replica";
    case Cause::pods:
      return "pods changed, or how many are asked for";
    case Cause::path:
      return "its path changed";
  }
  return "";
}

const char* name_of(WriteState state) {
  switch (state) {
    case WriteState::none:
      return "none yet";
    case WriteState::pending:
      return "pending";
    case WriteState::done:
      return "done";
    case WriteState::refused:
      return "refused";
    case WriteState::unknown:
      return "outcome unknown";
  }
  return "";
}

// What reached replicas through the gateway is in the gateway's reports as well.
std::string load_of(const Observation& seen, bool from_replicas) {
  std::size_t count = 0;
  TimePoint last;
  double in_flight = 0, proxied = 0, requests = 0, proxied_requests = 0;
  for (const Load& one : seen.load) {
    if (one.from_replicas != from_replicas) continue;
    ++count;
    last = one.at;
    in_flight += one.concurrency, proxied += one.proxied_concurrency;
    requests += one.requests, proxied_requests += one.proxied_requests;
  }
  if (count == 0) return "no report since the last question";
  const auto mean = [count](double sum) { return sum / static_cast<double>(count); };
  const std::string share = proxied > 0 || proxied_requests > 0
                                ? fmt::format(" ({:.4g} and {:.4g} of it through the gateway)",
                                              mean(proxied), mean(proxied_requests))
                                : "";
  return fmt::format("{}, on average {:.4g} in flight and {:.4g} calls/s{}, last {}",
                     counted(count, "report"), mean(in_flight), mean(requests), share,
                     ago(seen.now, last));
}

std::string path_of(const Observation& seen) {
  const PathFacts& path = seen.path;
  if (!path.proxied_since)
    return path.mode == PathMode::proxy ? "through the gateway" : "past the gateway";
  const std::string since = ", for " + readable_length(seen.now - *path.proxied_since);
  return (path.mode == PathMode::proxy ? "through the gateway"
                                       : "through the gateway, for want of a ready replica") +
         since;
}

std::string pods_of(const Observation& seen) {
  const auto count = [&](auto holds) {
    return std::count_if(seen.pods.begin(), seen.pods.end(), holds);
  };
  return fmt::format("{}: {} Ready, {} pending, {} ending, {} unschedulable",
                     counted(seen.pods.size(), "pod"),
                     count([](const PodFacts& p) { return p.ready == Condition::yes; }),
                     count([](const PodFacts& p) { return p.phase == PodPhase::pending; }),
                     count([](const PodFacts& p) { return p.deleting; }),
                     count([](const PodFacts& p) { return p.unschedulable; }));
}

std::string spread_of(std::vector<Milli> values) {
  if (values.empty()) return "an empty answer";
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const Milli value : values) sum += static_cast<double>(value) / 1000;
  const auto number = [](Milli value) { return static_cast<double>(value) / 1000; };
  if (values.size() == 1) return fmt::format("{:.6g}", number(values.front()));
  return fmt::format("{} values from {:.6g} to {:.6g}, mean {:.6g}", values.size(),
                     number(values.front()), number(values.back()),
                     sum / static_cast<double>(values.size()));
}

std::string metric_of(const MetricFacts& facts, TimePoint now) {
  if (facts.presence == Presence::absent) return "there is no such metric";
  if (facts.presence == Presence::error) return "could not be read";
  if (facts.presence == Presence::nan) return "NaN";
  std::vector<Milli> values(facts.series.begin(), facts.series.end());
  for (const PodSample& sample : facts.pods) values.push_back(sample.value);
  return spread_of(std::move(values)) + ", taken " + ago(now, facts.taken);
}

std::string peers_of(const Observation& seen, const Spec& spec) {
  std::string all;
  for (const PeerFacts& peer : seen.peers) {
    const auto known = std::find_if(spec.peers.begin(), spec.peers.end(),
                                    [&](const Spec::Peer& other) { return other.id == peer.id; });
    all += fmt::format("{}{}: {} ready, last call {}", all.empty() ? "" : "; ",
                       known == spec.peers.end() ? "?" : known->name, peer.ready.count,
                       ago(seen.now, peer.last_activity));
  }
  return all.empty() ? "none" : all;
}

std::string inputs(const sim::DecisionSeen& one, const Spec& spec) {
  const Observation& seen = one.seen;
  Table table({left, left});
  table.add({"asked because", name_of(seen.cause)});
  table.add({"replicas asked for", fmt::format("{}", seen.spec.count)});
  table.add({"replicas there", fmt::format("{}, {} ready", seen.status.count, seen.ready.count)});
  table.add({"calls", fmt::format("{} in service, {} waiting", seen.in_flight, seen.queued)});
  table.add({"last call", ago(seen.now, seen.last_activity)});
  table.add({"facts as of", ago(seen.now, seen.facts_taken)});
  if (one.wants.load) {
    table.add({"load of the gateway", load_of(seen, false)});
    table.add({"load of replicas", load_of(seen, true)});
  }
  if (one.wants.pods) table.add({"pods", pods_of(seen)});
  for (std::size_t i = 0; i < one.wants.metrics.size() && i < seen.metrics.size(); ++i)
    table.add({"metric " + one.wants.metrics[i].name, metric_of(seen.metrics[i], seen.now)});
  if (!one.wants.peers.empty()) table.add({"peers", peers_of(seen, spec)});
  if (one.wants.path) table.add({"path of calls", path_of(seen)});
  table.add({"last write", seen.last_write.state == WriteState::none
                               ? name_of(seen.last_write.state)
                               : fmt::format("{} replica{}, {}", seen.last_write.asked.count,
                                             seen.last_write.asked.count == 1 ? "" : "s",
                                             name_of(seen.last_write.state))});
  return table.text("  ");
}

// A controller's whole environment comes with each function; most of it is not the policy's.
bool is_known(const std::string& key, const PolicyInfo& policy) {
  return !key.starts_with("env.") ||
         std::any_of(policy.params.begin(), policy.params.end(),
                     [&](const ParamInfo& param) { return param.key == key; });
}

std::string settings(const sim::Governor& governor) {
  Table table({left, left, left});
  for (const auto& [key, entry] : governor.spec.params.entries()) {
    if (!is_known(key, *governor.policy)) continue;
    table.add({key, entry.value,
               entry.place.line > 0 ? fmt::format("{}:{}", entry.place.file, entry.place.line)
                                    : entry.place.file});
  }
  const std::string text = table.text("  ");
  return text.empty() ? "  none given: all defaults\n" : text;
}

// A policy may ask again a nanosecond after an instant, to find it past.
std::string instant(Duration since_start) {
  return thaw::to_text(std::chrono::round<std::chrono::microseconds>(since_start));
}

std::string path_of(const Decision& decided) {
  if (*decided.path == PathMode::serve) return "past the gateway while a replica is ready";
  return fmt::format("through {}", counted(decided.gateways, "gateway"));
}

std::string outcome(const sim::DecisionSeen& one, TimePoint start) {
  const Decision& decided = one.decided;
  Table table({left, left});
  table.add({"reason", fmt::format("{}: {}", name_of(decided.why.code), to_words(decided.why))});
  if (decided.instances) {
    table.add({"idle instances stay", thaw::to_text(decided.instances->idle)});
  } else if (decided.desired) {
    table.add({"desired", fmt::format("{} (was {})", decided.desired->count, one.seen.spec.count)});
  } else {
    table.add({"desired", fmt::format("left alone at {}", one.seen.spec.count)});
  }
  if (decided.path) table.add({"path of calls", path_of(decided)});
  const bool capped = one.capped.desired != decided.desired;
  table.add({"operator's cap", capped ? to_words(one.capped.why) : "none that matters"});
  table.add({"asks again", decided.ask_again == TimePoint::never()
                               ? "only when something happens"
                               : "at " + instant(decided.ask_again - start)});
  return table.text("  ");
}

[[noreturn]] void refuse(const std::string& option, const std::string& message) {
  throw InputError({{{option, 0, 0}, "", message}});
}

struct Question {
  std::string function;
  Duration at{};
};

Question read_question(const std::string& text, const std::string& option) {
  const std::size_t sign = text.rfind('@');
  const auto at = sign == std::string::npos ? std::nullopt : units::duration(text.substr(sign + 1));
  if (!at || sign == 0)
    refuse(option, "expected FUNCTION@TIME such as ollama@12min30s, found \"" + text + "\"");
  return {text.substr(0, sign), *at};
}

}  // namespace

FunctionId function_named(const Scenario& scenario, const std::string& name,
                          const std::string& option) {
  std::vector<std::string> names;
  for (FunctionId f = 0; f < scenario.functions.size(); ++f) {
    if (scenario.functions[f].name == name) return f;
    names.push_back(scenario.functions[f].name);
  }
  const std::string near = nearest(name, names);
  refuse(option, "there is no function \"" + name + "\"" +
                     (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

std::string to_text(const sim::DecisionSeen& one, const sim::Governor& governor, TimePoint start) {
  return fmt::format(
      "{} at {} ({}), decided by {}\n\nwhat it saw\n{}\nits settings\n{}\n"
      "what it decided\n{}",
      governor.spec.name, thaw::to_text(one.seen.now - start), thaw::to_text(one.seen.now),
      governor.policy->name, inputs(one, governor.spec), settings(governor), outcome(one, start));
}

int explain(const Scenario& scenario, sim::RunOptions options, const std::string& text) {
  const std::string option = "--explain " + text;
  const Question question = read_question(text, option);
  const FunctionId id = function_named(scenario, question.function, option);
  const auto governor =
      std::find_if(options.governors.begin(), options.governors.end(),
                   [&](const sim::Governor& one) { return one.spec.function == id; });
  if (governor == options.governors.end())
    refuse(option, "nobody scales " + question.function + ": it has no policy");
  const sim::Governor scaled_by = *governor;
  std::string last;
  TimePoint scaled_at = TimePoint::never();
  options.stop_at = question.at;
  options.decided = [&](const sim::DecisionSeen& one) {
    // Between two passes of its own loop a policy decides nothing.
    if (one.function != id || one.decided.why.code == ReasonCode::waiting_for_tick) return;
    // Asked at once what it makes of its own change, it has nothing to add.
    const bool echo = !one.decided.desired && one.seen.now == scaled_at;
    if (echo) return;
    if (one.decided.desired) scaled_at = one.seen.now;
    last = to_text(one, scaled_by, scenario.start);
  };
  sim::RunResult result;
  {
    Progress progress;
    options.progress = [&](Duration simulated) { progress.show(simulated, question.at); };
    result = sim::simulate(scenario, options);
  }
  if (result.interrupted) {
    std::fputs("interrupted before that instant\n", stderr);
    return kInterrupted;
  }
  if (last.empty()) refuse(option, question.function + " had not decided anything yet");
  std::fputs(last.c_str(), stdout);
  if (result.summary.simulated_s < seconds(question.at))
    std::printf(
        "\nThe run ends at %s, before %s: this was its last decision.\n",
        thaw::to_text(Duration(static_cast<std::int64_t>(result.summary.simulated_s * 1e9 + 0.5)))
            .c_str(),
        thaw::to_text(question.at).c_str());
  return kHeld;
}

}  // namespace thaw::app
