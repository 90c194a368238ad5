#include "app/compare/contenders.hpp"

#include <algorithm>
#include <utility>

#include "app/governors.hpp"
#include "policies/all.hpp"

namespace thaw::app {
namespace {

constexpr std::string_view kManifest = "manifest", kExec = "exec", kDefault = "default";
constexpr std::string_view kSeer = "clairvoyant";  // and clairvoyant_replicas

// What a policy is run with where nobody says. {max}: as many replicas as the cluster has GPUs to
// offer, 20 without any; {slots}: requests that one replica serves at once; users may say so, too.
// A policy may stand here several times; one that does not runs with its own defaults.
struct Row {
  std::string_view name, settings;
};
constexpr Row kRows[] = {
    {"alert_factor", "max={max}"},
    {"capacity", "type=capacity,target={slots},max={max},zero=true"},
    {"concurrency", "target={slots},max-scale={max}"},
    {"fixed", "replicas=1"},
    {"highest_of",
     "of=concurrency+hpa,concurrency.target={slots},concurrency.max-scale={max},"
     "hpa.maxReplicas={max}"},
    {"hpa", "maxReplicas={max}"},
    {"idle_timeout", "TimeoutSecondBeforeSetReplicasMin=300"},
    {"idle_timeout", "TimeoutSecondBeforeSetReplicasMin=1200"},
    {"keep_alive", "idle=60s"},
    {"keep_alive", "idle=600s"},
    {"modal", "max_containers={max}"},
    {"mpc", "slots={slots},max={max}"},
    {"runpod", "workersMax={max}"},
    {"scheduled",
     "entries.0.days=Mon-Fri,entries.0.from=08:00,entries.0.to=19:00,entries.0.replicas=1"},
    {"seasonal", "slots={slots},max={max}"},
    {"thaw", "slots={slots},max={max}"},
};
constexpr int kMostWithoutCards = 20;

int most_replicas(const Scenario& scenario) {
  int most = 0;
  for (const Pool& pool : scenario.cluster.pools)
    most += pool.nodes_max * pool.machine.gpus * pool.gpu_sharing.per_card;
  return most > 0 ? most : kMostWithoutCards;
}

int fewest_slots(const Scenario& scenario) {
  int slots = scenario.functions.front().service.slots;
  for (const FunctionSpec& function : scenario.functions)
    slots = std::min(slots, function.service.slots);
  return slots;
}

std::string filled(std::string settings, const Scenario& scenario) {
  const auto put = [&](const std::string& name, int value) {
    for (std::size_t at = 0; (at = settings.find(name)) != std::string::npos;)
      settings.replace(at, name.size(), std::to_string(value));
  };
  put("{max}", most_replicas(scenario));
  put("{slots}", fewest_slots(scenario));
  return settings;
}

std::vector<std::string> default_contenders(const Scenario& scenario) {
  std::vector<std::string> all{std::string(kManifest)};
  for (const PolicyInfo& policy : all_policies()) {
    const std::string name(policy.name);
    const std::size_t before = all.size();
    for (const Row& row : kRows)
      if (row.name == policy.name)
        all.push_back(name + ":" + filled(std::string(row.settings), scenario));
    if (all.size() == before) all.push_back(name);
  }
  return all;
}

// Empty: nothing speaks against it.
std::string why_not(const Scenario& scenario, const sim::Contender& contender) {
  const auto& functions = scenario.functions;
  const bool standalone = functions.front().standalone.has_value();
  if (standalone && std::all_of(functions.begin(), functions.end(),
                                [](const FunctionSpec& f) { return f.standalone->servers > 0; }))
    return "the functions of this scenario are servers that are always there";
  for (const sim::Governor& governor : contender.governors) {
    const bool instances = governor.policy->governs == Governs::instances;
    if (instances && !standalone)
      return "it keeps single instances, and a function of a manifest has replicas";
    if (!instances && standalone)
      return "it says how many replicas there are, and the functions of this scenario run in "
             "single instances";
  }
  return "";
}

void add(const Diagnostics& from, Diagnostics& to) {
  try {
    from.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems())
      to.error(problem.place, problem.key, problem.message);
  }
}

std::string first_message(const Diagnostics& problems) {
  try {
    problems.throw_if_any();
  } catch (const InputError& error) {
    const Diagnostic& first = error.problems().front();
    return (first.key.empty() ? "" : first.key + ": ") + first.message;
  }
  return "";
}

sim::Contender contender_of(const Scenario& scenario, const std::string& text, bool is_named,
                            Diagnostics& problems) {
  sim::Contender contender;
  const std::size_t colon = text.find(':');
  contender.name = text.substr(0, colon);
  contender.foresees = contender.name.starts_with(kSeer);
  if (colon != std::string::npos) contender.settings = text.substr(colon + 1);
  if (contender.name == kExec && contender.settings.empty() && !is_named) {
    contender.not_run = "it needs a program: --policies 'exec:COMMAND'";
    return contender;
  }
  std::vector<std::string> choices;
  if (text != kManifest) choices.push_back(text);
  contender.governors = governors_of(scenario, choices, problems);
  contender.not_run = why_not(scenario, contender);
  if (!problems.ok() || !contender.not_run.empty() || text == kManifest) return contender;
  Diagnostics of_settings;
  for (const sim::Governor& governor : contender.governors)
    governor.policy->make(governor.spec, of_settings);
  if (of_settings.ok()) return contender;
  if (is_named) {
    add(of_settings, problems);
  } else {
    contender.not_run = "its settings do not fit: " + first_message(of_settings);
  }
  return contender;
}

struct Asked {
  std::string text;
  bool by_name = true;
};

// `default` stands for all that run where none is named.
std::vector<Asked> asked_of(const Scenario& scenario, const std::vector<std::string>& named) {
  std::vector<Asked> all;
  for (const std::string& text : named.empty() ? std::vector{std::string(kDefault)} : named) {
    if (text == kDefault) {
      for (std::string& usual : default_contenders(scenario)) all.push_back({usual, false});
    } else {
      all.push_back({filled(text, scenario), true});
    }
  }
  return all;
}

// "f=keep_alive:idle=5s", and not a setting that has a colon in its value.
bool names_a_function(const std::string& part) {
  const std::size_t equals = part.find('='), colon = part.find(':');
  return colon != std::string::npos &&
         find_policy(part.substr(equals + 1, colon - equals - 1)) != nullptr;
}

}  // namespace

std::vector<std::string> split_policies(const std::string& list) {
  std::vector<std::string> parts;
  const bool by_semicolon = list.find(';') != std::string::npos;
  const char separator = by_semicolon ? ';' : ',';
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(separator, at), list.size());
    std::string part = list.substr(at, end - at);
    at = end + 1;
    const bool is_setting = part.find('=') < part.find(':') && !names_a_function(part);
    const bool goes_on = !by_semicolon && !parts.empty() &&
                         (parts.back().starts_with("exec:") ||
                          (is_setting && parts.back().find(':') != std::string::npos));
    if (goes_on) {
      parts.back() += separator + part;
      continue;
    }
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<sim::Contender> contenders_of(const Scenario& scenario,
                                          const std::vector<std::string>& named,
                                          Diagnostics& problems) {
  std::vector<sim::Contender> contenders;
  for (const auto& [text, by_name] : asked_of(scenario, named)) {
    Diagnostics own;
    sim::Contender contender = contender_of(scenario, text, by_name, own);
    add(own, problems);
    const bool twice =
        std::any_of(contenders.begin(), contenders.end(), [&](const sim::Contender& other) {
          return other.name == contender.name && other.settings == contender.settings;
        });
    if (twice) problems.error({"--policies", 0, 0}, "", "\"" + text + "\" is there twice");
    contenders.push_back(std::move(contender));
  }
  return contenders;
}

}  // namespace thaw::app
