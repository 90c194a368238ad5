// TH302: a workload that no node of the cluster can take.
//
// What other rules say better is left to them: too many cards (TH303), MIG's names (TH304) and
// Kapsule's taint keys (TH308).
#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/node_fit.hpp"
#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/placement.hpp"

namespace thaw::lint::nothing_fits {
namespace {

Place place_of(const Lack& lack, const Source& source, const Place& workload) {
  switch (lack.of) {
    case LackOf::toleration:
    case LackOf::kapsule_toleration:
      return place_of_part(source, "tolerations", workload);
    case LackOf::label:
      return place_of_part(source, "nodeSelector", workload);
    default:
      return place_of_resource(source, lack.name, workload);
  }
}

std::string mend_of(const Lack& lack, const Pool& pool) {
  switch (lack.of) {
    case LackOf::toleration:
    case LackOf::kapsule_toleration:
      return fmt::format("tolerate the key {} with effect NoSchedule", lack.name);
    case LackOf::label:
      return fmt::format("label the nodes of pool {}, or select a label that they have", pool.name);
    default:
      return fmt::format("ask for less {}, or add a pool whose nodes have it", lack.name);
  }
}

void check_scenario(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads) {
    if (!workload.refused.empty()) continue;
    const auto nearest = nearest_pool(*subject.scenario, workload);
    if (!nearest || nearest->only(LackOf::cards) || nearest->only(LackOf::mig_name) ||
        nearest->only(LackOf::kapsule_toleration))
      continue;
    std::string lacks;
    for (const Lack& lack : nearest->lacks) lacks += (lacks.empty() ? "" : "; ") + lack.text;
    const Lack& first = nearest->lacks.front();
    report.add(place_of(first, source_of(subject, workload), workload.place),
               fmt::format("no node can take a pod of {} {}; the nearest pool is {}: {}",
                           name_of(workload.kind), workload.name, nearest->pool->name, lacks),
               mend_of(first, *nearest->pool));
  }
}

// "key=value:Effect" or "key:Effect".
std::optional<Taint> taint_in(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Taint taint;
  if (const auto effect = text.substr(colon + 1); effect == "NoExecute") {
    taint.effect = TaintEffect::no_execute;
  } else if (effect != "NoSchedule") {
    return std::nullopt;
  }
  const std::string_view whole = text.substr(0, colon);
  const std::size_t equals = whole.find('=');
  taint.key = whole.substr(0, equals);
  if (equals != std::string_view::npos) taint.value = whole.substr(equals + 1);
  return taint;
}

struct Tolerating {
  const std::vector<Toleration>* tolerations;
  Place place;
};

// `kubectl taint nodes N key=value:Effect` in a text, and tolerations that mean the same key and do
// not match it.
void check_taint(const ShellWord& word, const std::vector<Tolerating>& all, Report& report) {
  const auto taint = taint_in(word.text);
  if (!taint) return;
  const Tolerating* near = nullptr;
  for (const Tolerating& one : all) {
    if (tolerates(*one.tolerations, {*taint})) return;
    if (std::ranges::find(*one.tolerations, taint->key, &Toleration::key) != one.tolerations->end())
      near = &one;
  }
  if (!near) return;
  report.add(Severity::warning, word.place,
             fmt::format("nothing here tolerates the taint {}, though a toleration names its key",
                         text_of(*taint)),
             "give toleration and taint the same value and effect, or use operator Exists",
             {{near->place, "names the key here"}});
}

void check_texts(const Subject& subject, Report& report) {
  std::vector<Tolerating> all;
  for (const Workload& w : subject.manifests.workloads) all.push_back({&w.tolerations, w.place});
  for (const ProfileObject& p : subject.manifests.profiles)
    all.push_back({&p.tolerations, p.place});
  for (const ShellCommand& command : subject.commands) {
    if (!command.is("kubectl") || command.words.size() < 4 || command.words[1].text != "taint")
      continue;
    for (std::size_t i = 3; i < command.words.size(); ++i)
      check_taint(command.words[i], all, report);
  }
}

void check(const Subject& subject, Report& report) {
  if (subject.scenario) check_scenario(subject, report);
  check_texts(subject, report);
}

}  // namespace

Rule rule() {
  return {"TH302", "nothing-fits", Severity::error,
          "a workload that no node of the cluster can take", check};
}

}  // namespace thaw::lint::nothing_fits
