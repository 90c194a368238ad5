// Several policies at once; the highest of what they wish is done.
//
// Each child lives as if it were alone: it is asked when it asked to be, or when something comes
// that it wants to be told; it sees the real spec, the metrics that it named and the load since it
// was last asked. Its wish is the last number that it gave or computed; where it says nothing
// because it knows nothing its wish stays as it is, and before it ever gave one it stands by the
// spec that it first saw, for no data is no reason to go. Whenever a child gives a number, the
// highest wish is written, for the reason of the child that wished it (of equals the first in the
// list). The request path is that of the first child, in the list, that ever gave one. Kept over a
// restart: what each child keeps, and its wish. Source: the Kubernetes HPA does the same with
// several metrics of one autoscaler.
#include <algorithm>

#include "policies/all.hpp"
#include "policies/highest_of/children_names.hpp"
#include "policies/highest_of/make.hpp"
#include "policies/highest_of/report_log.hpp"

namespace thaw {
namespace highest_of_detail {

constexpr int kVersion = 1;

struct Child {
  ChildName name;
  std::unique_ptr<ScalingPolicy> policy;
  Wants wants;
  std::size_t first_metric = 0;  // of the united ones
  std::optional<Replicas> wish;
  Reason why;                                    // of the wish, or of its silence before the first
  bool wished = false;                           // the wish is its own
  TimePoint ask_again = TimePoint{Duration{0}};  // due as soon as anybody asks
};

// An HPA that computes the number that is there writes nothing, and wishes it all the same.
bool is_a_number(ReasonCode code) { return code == ReasonCode::hpa_metric; }

bool wants_to_know(const Wants& wants, Cause cause) {
  switch (cause) {
    case Cause::start:
      return true;
    case Cause::timer:
      return false;
    case Cause::arrival_at_zero:
      return wants.arrivals_at_zero;
    case Cause::pods:
      return wants.pods || !wants.peers.empty();
    case Cause::path:
      return wants.path;
  }
  return true;
}

class HighestOf final : public ScalingPolicy {
 public:
  HighestOf(const Spec& spec, Diagnostics& diagnostics, PolicyLookup find) : find_(find) {
    reconfigure(spec, diagnostics);
  }

  Wants wants() const override { return wants_; }
  Decision decide(const Observation& seen) override;
  void look(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override;
  bool restore(const StateReader& in) override;

 private:
  std::unique_ptr<ScalingPolicy> make(const ChildName& name, const Spec& spec, ParamsReader& reader,
                                      Diagnostics& diagnostics) const;
  void unite_wants();
  Observation shown_to(const Child& child, const Observation& seen);
  Decision ask(Child& child, const Observation& seen);
  void take_path(std::size_t child, const Decision& answer, Decision& united);

  PolicyLookup find_;
  std::vector<ChildName> names_;
  std::vector<Child> children_;
  Wants wants_;
  std::vector<MetricRef> metrics_;
  std::vector<FunctionId> peers_;
  TimePoint asked_at_{Duration::min()};  // last
  ReportLog reports_;
  std::optional<std::size_t> path_of_;  // the child that governs the path
};

std::unique_ptr<ScalingPolicy> HighestOf::make(const ChildName& name, const Spec& spec,
                                               ParamsReader& reader,
                                               Diagnostics& diagnostics) const {
  const PolicyInfo* info = find_(name.kind);
  if (!info) {
    reader.error("of", "there is no policy \"" + name.kind + "\"");
  } else if (info->governs != Governs::replicas) {
    reader.error("of", name.kind + " governs single instances, not how many there are");
  } else if (name.kind == "highest_of") {
    reader.error("of", "the highest of highest ones: name them all in one list");
  } else {
    return info->make(spec, diagnostics);
  }
  return nullptr;
}

void HighestOf::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "highest_of");
  std::vector<Child> before = std::move(children_);
  children_.clear();
  const std::vector<ChildName> names = children_names(reader.text("of", "concurrency+hpa"));
  for (const ChildName& name : names) {
    const Spec own = spec_of_child(spec, name.name);
    for (const auto& [key, entry] : own.params.entries()) reader.ignore(name.name + "." + key);
    const auto known = std::find_if(before.begin(), before.end(), [&](const Child& child) {
      return child.policy && child.name == name;
    });
    if (known != before.end()) {
      known->policy->reconfigure(own, diagnostics);
      known->ask_again = TimePoint{Duration{0}};
      children_.push_back(std::move(*known));
      continue;
    }
    Child child;
    child.name = name;
    child.policy = make(name, own, reader, diagnostics);
    if (child.policy) children_.push_back(std::move(child));
  }
  reader.finish();
  if (names != names_) {
    names_ = names;
    path_of_.reset();
    reports_.readers(children_.size());
  }
  unite_wants();
}

void HighestOf::unite_wants() {
  metrics_.clear();
  peers_.clear();
  wants_ = {};
  for (Child& child : children_) {
    child.wants = child.policy->wants();
    child.first_metric = metrics_.size();
    metrics_.insert(metrics_.end(), child.wants.metrics.begin(), child.wants.metrics.end());
    for (const FunctionId peer : child.wants.peers) {
      if (std::find(peers_.begin(), peers_.end(), peer) == peers_.end()) peers_.push_back(peer);
    }
    wants_.arrivals_at_zero |= child.wants.arrivals_at_zero;
    wants_.pods |= child.wants.pods;
    wants_.load |= child.wants.load;
    wants_.path |= child.wants.path;
    wants_.future |= child.wants.future;
  }
  wants_.metrics = metrics_;
  wants_.peers = peers_;
}

Observation HighestOf::shown_to(const Child& child, const Observation& seen) {
  Observation shown = seen;
  const auto reader = static_cast<std::size_t>(&child - children_.data());
  shown.load = reports_.take(reader);
  if (!child.wants.load) shown.load = {};
  const std::size_t count = child.wants.metrics.size();
  shown.metrics = seen.metrics.size() < child.first_metric + count
                      ? std::span<const MetricFacts>{}
                      : seen.metrics.subspan(child.first_metric, count);
  return shown;
}

Decision HighestOf::ask(Child& child, const Observation& seen) {
  Observation shown = shown_to(child, seen);
  if (!wants_to_know(child.wants, seen.cause)) shown.cause = Cause::timer;
  const Decision answer = child.policy->decide(shown);
  child.ask_again = answer.ask_again;
  if (answer.desired) {
    child.wish = answer.desired;
    child.wished = true;
  } else if (is_a_number(answer.why.code)) {
    child.wish = seen.spec;
    child.wished = true;
  }
  if (answer.desired || is_a_number(answer.why.code) || !child.wished) child.why = answer.why;
  return answer;
}

void HighestOf::take_path(std::size_t child, const Decision& answer, Decision& united) {
  if (!answer.path || (path_of_ && *path_of_ < child)) return;
  path_of_ = child;
  united.path = answer.path;
  united.gateways = answer.gateways;
}

Decision HighestOf::decide(const Observation& seen) {
  if (wants_.load) reports_.add(seen.load);
  const bool set_back = seen.now < asked_at_;  // its clock: when they are due is not known then
  asked_at_ = seen.now;
  Decision united;
  united.why = {ReasonCode::waiting_for_tick, {}};
  bool asked = false, wished = false;
  const Child* highest = nullptr;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    Child& child = children_[i];
    if (!child.wish) child.wish = seen.spec;
    if (set_back || child.ask_again <= seen.now || wants_to_know(child.wants, seen.cause)) {
      const Decision answer = ask(child, seen);
      take_path(i, answer, united);
      if (!asked) united.why = answer.why;
      asked = true;
      wished = wished || answer.desired;
    }
    if (!highest || *child.wish > *highest->wish) highest = &child;
    united.ask_again = std::min(united.ask_again, child.ask_again);
  }
  reports_.trim(seen.now);
  if (wished) {
    united.desired = highest->wish;
    united.why = highest->why;
  }
  return united;
}

void HighestOf::look(const Observation& seen) {
  if (wants_.load) reports_.add(seen.load);
  for (Child& child : children_) child.policy->look(shown_to(child, seen));
  reports_.trim(seen.now);
}

void HighestOf::save(StateWriter& out) const {
  out.version(kVersion);
  for (const Child& child : children_) {
    const std::string& name = child.name.name;
    SavedState kept;
    StateWriter writer(kept);
    child.policy->save(writer);
    out.field("version." + name, kept.version);
    for (const auto& [field, value] : kept.fields) out.field(name + "." + field, value);
    if (child.wished) out.field("wish." + name, child.wish->count);
  }
}

// False as well where one child does not know what was kept for it: that one starts fresh.
bool HighestOf::restore(const StateReader& in) {
  if (in.version() != kVersion) return false;
  bool all = true;
  for (Child& child : children_) {
    const std::string& name = child.name.name;
    const auto version = in.field("version." + name);
    if (!version) continue;  // it was not in the list then
    const std::string prefix = name + ".";
    SavedState kept{static_cast<int>(*version), {}};
    for (const auto& [field, value] : in.fields())
      if (field.starts_with(prefix)) kept.fields[field.substr(prefix.size())] = value;
    all = child.policy->restore(StateReader(kept)) && all;
    const auto wish = in.field("wish." + name);
    if (!wish) continue;
    child.wish = Replicas(static_cast<std::int32_t>(*wish));
    child.wished = true;
  }
  return all;
}

constexpr ParamInfo kParams[] = {
    {"of", "concurrency+hpa", "names of policies, joined with +"},
    {"NAME.SETTING", "", "a setting of the policy NAME of the list; of its second, NAME2.SETTING"},
};

}  // namespace highest_of_detail

std::unique_ptr<ScalingPolicy> make_highest_of(const Spec& spec, Diagnostics& diagnostics,
                                               PolicyLookup find) {
  return std::make_unique<highest_of_detail::HighestOf>(spec, diagnostics, find);
}

PolicyInfo highest_of_policy() {
  using namespace highest_of_detail;
  return {.name = "highest_of",
          .summary = "several policies at once: the highest of their wishes",
          .source = "as the Kubernetes HPA unites several metrics",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return make_highest_of(spec, diagnostics, find_policy);
          }};
}

}  // namespace thaw
