#include "drivers/observed/workloads.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"
#include "engine/reason.hpp"

namespace thaw::observed {

void Workloads::apply(const nlohmann::json& object) {
  const auto function = view_.function(
      kubernetes::text_at(object, {"spec", "template", "metadata", "labels", "thaw.dev/function"}));
  if (!function) return;
  Function& one = functions_[*function];
  const std::int64_t now = kubernetes::number_at(object, {"spec", "replicas"}, 1);
  const std::optional<std::int64_t> before = std::exchange(one.desired, now);
  view_.set(Gauge::desired, *function, now);
  if (!before || *before == now) return;
  ++(now > *before ? one.ups : one.downs);
  if (driven_[*function]) return;
  const std::string& name = view_.scenario().functions[*function].name;
  view_.tell(EventKind::decision, name, "scaled",
             name + " " + std::to_string(*before) + " → " + std::to_string(now) +
                 ": by the cluster's own autoscaler",
             {{"desired", now}, {"was", *before}});
}

void Workloads::decided(std::size_t function, Replicas was, const Decision& capped) {
  if (!capped.desired) return;
  const std::pair<Replicas, ReasonCode> news{*capped.desired, capped.why.code};
  Function& one = functions_[function];
  if (one.told == news) return;
  one.told = news;
  const std::string& name = view_.scenario().functions[function].name;
  view_.tell(EventKind::decision, name, std::string(name_of(capped.why.code)),
             name + " " + std::to_string(was.count) + " → " +
                 std::to_string(capped.desired->count) + ": " + to_words(capped.why),
             {{"desired", std::int64_t{capped.desired->count}}, {"was", std::int64_t{was.count}}});
}

}  // namespace thaw::observed
