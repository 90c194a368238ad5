// Knows what comes, and has the replicas for it ready in time: what nobody can do, to hold the
// others against where functions have replicas.
//
// Demand in layers, as for `clairvoyant`: layer k has to be there while ceil(requests in service /
// slots) >= k. A replica is ordered `lead` ahead, as long as a start takes, and stays over a gap
// that is not longer than what a start costs, or than a start takes. Two things keep this from
// being the optimum: starts that take longer than `lead` make requests wait, and nodes come and go
// by rules of their own, which their autoscaler has.
// What is not foreseen is still served: as many replicas as requests are there ask for, at once.
// Source: the offline optimum of ski rental in layers (sim/study/optimum.hpp). Needs a world that
// knows the future (Wants::future); a live one does not.
#include <algorithm>

#include "policies/all.hpp"
#include "policies/break_even_point.hpp"
#include "policies/put_back.hpp"
#include "policies/setting_values.hpp"

namespace thaw {
namespace clairvoyant_replicas_detail {

class ClairvoyantReplicas final : public ScalingPolicy {
 public:
  ClairvoyantReplicas(const Spec& spec, Diagnostics& diagnostics) {
    reconfigure(spec, diagnostics);
  }

  Wants wants() const override {
    return {.arrivals_at_zero = true, .pods = true, .peers = {}, .metrics = {}, .future = true};
  }

  Decision decide(const Observation& seen) override {
    if (!planned_) plan(seen);
    while (next_ < changes_.size() && changes_[next_].at <= seen.now)
      planned_replicas_ += changes_[next_++].by;
    const std::int64_t there = std::int64_t{seen.in_flight} + seen.queued;
    const std::int64_t asked = std::max(planned_replicas_, (there + slots_ - 1) / slots_);
    const Replicas wanted(static_cast<std::int32_t>(std::min(asked, max_)));
    Decision decision;
    decision.desired = put_back_.towards(wanted, seen);
    decision.ask_again = put_back_.ask_again();
    if (next_ < changes_.size())
      decision.ask_again = std::min(decision.ask_again, changes_[next_].at);
    if (asked > planned_replicas_)  // look whether the surprise is over
      decision.ask_again = std::min(decision.ask_again, seen.now + 1s);
    decision.why = {ReasonCode::clairvoyant, {seconds(keep_)}};
    return decision;
  }

  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override {
    ParamsReader reader(spec.params, diagnostics, "clairvoyant_replicas");
    keep_ = break_even_point(reader, spec);
    lead_ = Duration{0};
    if (spec.params.has("lead") || spec.levels.empty()) {
      lead_ = read_duration(reader, "lead", "0s", Duration{0});
    } else {
      reader.ignore("lead");
      lead_ = Distribution::rounded(spec.levels.front().to_serve.mean());
    }
    slots_ = reader.integer("slots", 1, 1);
    max_ = reader.integer("max", 1000, 1, 100'000);
    reader.finish();
    planned_ = false;
  }
  // The future is told anew after a restart.
  void save(StateWriter& out) const override { out.version(1); }
  bool restore(const StateReader& in) override { return in.version() == 1; }

 private:
  struct Change {
    TimePoint at;
    std::int64_t by;
  };

  // One pass over begins and ends of services; a layer that ends is given back only if its next
  // begin is far enough.
  void plan(const Observation& seen) {
    planned_ = true;
    planned_replicas_ = 0;
    next_ = 0;
    changes_.clear();
    std::vector<TimePoint> ends;
    for (const FutureRequest& request : seen.future)
      ends.push_back(request.arrival + request.service);
    std::sort(ends.begin(), ends.end());
    const Duration bridged = std::max(keep_, lead_);
    std::vector<std::optional<TimePoint>> ended;  // of each layer, while it is not needed
    std::int64_t requests = 0;
    std::size_t end = 0;
    const auto layers = [&] { return static_cast<std::size_t>((requests + slots_ - 1) / slots_); };
    for (const FutureRequest& request : seen.future) {
      for (; end < ends.size() && ends[end] <= request.arrival; ++end) {
        const std::size_t before = layers();
        --requests;
        if (layers() < before) ended[before - 1] = ends[end];
      }
      const std::size_t before = layers();
      ++requests;
      if (layers() == before) continue;
      if (ended.size() == before) {
        ended.emplace_back();
        changes_.push_back({request.arrival - lead_, 1});
      } else if (request.arrival - *ended[before] > bridged) {
        changes_.push_back({*ended[before], -1});
        changes_.push_back({request.arrival - lead_, 1});
      }
      ended[before].reset();
    }
    for (; end < ends.size(); ++end) {
      const std::size_t before = layers();
      --requests;
      if (layers() < before) ended[before - 1] = ends[end];
    }
    for (const auto& last : ended)
      if (last) changes_.push_back({*last, -1});
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const Change& a, const Change& b) { return a.at < b.at; });
  }

  Duration keep_{}, lead_{};
  std::int64_t slots_ = 1, max_ = 1;
  bool planned_ = false;
  std::vector<Change> changes_;
  std::size_t next_ = 0;
  std::int64_t planned_replicas_ = 0;
  PutBack put_back_;
};

constexpr ParamInfo kParams[] = {
    kStartParam,
    {"lead", "",
     "how long before its first request a replica is ordered; else a start's mean time"},
    {"slots", "1", "requests that one replica serves side by side"},
    {"max", "1000", "replicas at most"}};

}  // namespace clairvoyant_replicas_detail

PolicyInfo clairvoyant_replicas_policy() {
  using namespace clairvoyant_replicas_detail;
  return {.name = "clairvoyant_replicas",
          .summary = "knows what comes: replicas are ready in time and gone when nobody needs them",
          .source = "the offline optimum of ski rental; only a simulated world knows the future",
          .params = kParams,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<ClairvoyantReplicas>(spec, diagnostics);
          }};
}

}  // namespace thaw
