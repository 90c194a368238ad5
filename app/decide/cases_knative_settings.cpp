// Cases of Knative's settings, and of the reconciler that acts on what the decider wants.
#include <array>
#include <utility>

#include "app/decide/cases.hpp"
#include "app/decide/fields.hpp"
#include "policies/knative/pod_autoscaler.hpp"
#include "policies/knative/settings.hpp"

namespace thaw::app {
namespace {

using knative::Activity;

std::optional<std::string> text_in(const Fields& fields, const std::string& key) {
  return fields.has(key) ? std::optional(fields.text(key)) : std::nullopt;
}

// What is wrong with the ConfigMap would never have been in force; annotations that make no sense
// count as absent.
knative::Settings settings_of(const Fields& input) {
  std::vector<knative::Problem> problems, ignored;
  const Fields config_map = input.object("configMap"), annotations = input.object("annotations");
  const auto cluster = knative::ClusterConfig::read(
      [&](const std::string& key) { return text_in(config_map, key); }, problems);
  if (!problems.empty()) config_map.fail(problems.front().key, problems.front().message);
  const auto own = knative::Annotations::read(
      [&](const std::string& key) {
        const bool of_serving = key == "progress-deadline";
        const std::string domain = of_serving ? "serving" : "autoscaling";
        return text_in(annotations, domain + ".knative.dev/" + key);
      },
      cluster, ignored);
  const knative::Revision revision{
      .container_concurrency =
          input.has("containerConcurrency") ? input.integer("containerConcurrency", 0) : 0,
      .reachable = input.boolean("reachable", true),
      .progress_deadline = input.duration("progressDeadlineSeconds", 600s)};
  return resolve(cluster, own, revision);
}

struct NamedActivity {
  std::string_view name;
  Activity activity;
};
constexpr std::array kActivities = {NamedActivity{"True", Activity::active},
                                    NamedActivity{"Unknown", Activity::activating},
                                    NamedActivity{"False", Activity::inactive}};

Activity activity_of(const Fields& input) {
  const std::string name = input.text("active");
  for (const NamedActivity& known : kActivities)
    if (known.name == name) return known.activity;
  input.fail("active", "expected True, False or Unknown, found \"" + name + "\"");
}

std::string_view name_of(Activity activity) {
  for (const NamedActivity& known : kActivities)
    if (known.activity == activity) return known.name;
  return {};
}

PathMode mode_of(const Fields& input) {
  const std::string name = input.text("sksMode");
  if (name == "Serve") return PathMode::serve;
  if (name == "Proxy") return PathMode::proxy;
  input.fail("sksMode", "expected Serve or Proxy, found \"" + name + "\"");
}

knative::PodAutoscalerFacts facts_of(const Fields& input) {
  return {.desired = input.integer("deciderDesired", -1),
          .excess_burst_capacity = input.integer("excessBurstCapacity"),
          .ready = input.integer("readyPods", 0),
          .activity = activity_of(input),
          .activity_age = input.duration("activeAgeSeconds"),
          .initialised = input.boolean("scaleTargetInitialized"),
          .mode = mode_of(input),
          .proxy_for = input.optional_duration("proxyForSeconds"),
          .activator_answers = input.boolean("activatorProbeOK"),
          .has_service = input.boolean("hasServiceName", true)};
}

}  // namespace

std::vector<Verdict> decide_resolve(const Json& input) {
  const Fields one_case(input);
  const knative::Settings s = settings_of(one_case.object("input"));
  const knative::DeciderSpec& d = s.decider;
  return {judge(nullptr, one_case.object("expectResolved").json(),
                {{"targetValue", d.target_value},
                 {"totalValue", d.total_value},
                 {"stableWindowSeconds", seconds(d.stable_window)},
                 {"panicWindowSeconds", seconds(s.panic_window)},
                 {"panicThreshold", d.panic_threshold},
                 {"targetBurstCapacity", d.target_burst_capacity},
                 {"scaleDownDelaySeconds", seconds(d.scale_down_delay)},
                 {"activationScale", d.activation_scale},
                 {"initialScale", s.initial_scale},
                 {"minScale", s.min_scale},
                 {"maxScale", s.max_scale},
                 {"maxScaleUpRate", d.max_scale_up_rate},
                 {"maxScaleDownRate", d.max_scale_down_rate},
                 {"scalingMetric", knative::name_of(s.metric)},
                 {"scrapes", s.scrapes()}})};
}

std::vector<Verdict> decide_knative_reconcile(const Json& input) {
  const Fields one_case(input);
  const Fields facts = one_case.object("input");
  const auto step = knative::reconcile(settings_of(facts), facts_of(facts));
  Json decided = {{"want", step.want},
                  {"apply", step.apply},
                  {"requeueAfterSeconds", nullptr},
                  {"asyncProbe", step.probe},
                  {"sksModeNext", step.mode == PathMode::serve ? "Serve" : "Proxy"},
                  {"numActivators", step.activators},
                  {"newActive", name_of(step.activity)},
                  {"newActiveReason", step.activity_reason},
                  {"newScaleTargetInitialized", step.initialised}};
  if (step.look_again) decided["requeueAfterSeconds"] = seconds(*step.look_again);

  // What a case leaves out did not happen.
  Json expected = one_case.object("expect").json();
  if (!expected.contains("requeueAfterSeconds")) expected["requeueAfterSeconds"] = nullptr;
  if (!expected.contains("asyncProbe")) expected["asyncProbe"] = false;
  if (!expected.contains("newActiveReason")) expected["newActiveReason"] = "";
  return {judge(nullptr, std::move(expected), std::move(decided))};
}

}  // namespace thaw::app
