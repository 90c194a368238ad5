#include "policies/demand/layers.hpp"

#include "policies/demand/saved.hpp"

namespace thaw {

void Layers::configure(const IdlePrices& prices) {
  prices_ = prices;
  for (Layer& layer : layers_) layer.plan = plan_of(layer, 0);
}

// Who calls while there is no first one waits for it; without another one he waits for his turn.
IdlePlan Layers::plan_of(const Layer& layer, double debt) const {
  IdlePrices prices = prices_;
  prices.debt = debt;
  prices.callers = &layer == &layers_.front() ? 1 : 0;
  return layer.gaps.plan(prices);
}

void Layers::turn_busy(std::int32_t replica, TimePoint now) {
  Layer& layer = layers_[static_cast<std::size_t>(replica - 1)];
  if (layer.busy_since) return;
  if (layer.idle_since) {
    const double idle_s = seconds(now - *layer.idle_since);
    if (idle_s >= prices_.start_s * IdleGaps::kShortest) {
      layer.gaps.add(idle_s, layer.busy_s, layer.requests, total_ - layer.total_before);
      layer.busy_s = layer.requests = 0;
      layer.total_before = total_;
    }
  }
  layer.idle_since.reset();
  layer.busy_since = now;
}

void Layers::turn_idle(std::int32_t replica, TimePoint now) {
  Layer& layer = layers_[static_cast<std::size_t>(replica - 1)];
  if (!layer.busy_since) return;
  layer.busy_s += seconds(now - *layer.busy_since);
  layer.busy_since.reset();
  layer.idle_since = now;
  layer.planned = false;
}

void Layers::plan_idle(TimePoint now, double debt) {
  for (Layer& layer : layers_) {
    if (layer.planned || !layer.idle_since) continue;
    if (seconds(now - *layer.idle_since) < prices_.start_s * IdleGaps::kShortest) continue;
    layer.plan = plan_of(layer, debt);
    layer.planned = true;
  }
}

bool Layers::keeps(std::int32_t replica, TimePoint now) const {
  const Layer& layer = at(replica);
  if (!layer.idle_since) return layer.busy_since.has_value();
  const double idle_s = seconds(now - *layer.idle_since), back_s = layer.plan.back_s;
  if (!layer.planned) return true;
  if (idle_s < layer.plan.keep_s) return true;
  return back_s > 0 && idle_s >= back_s && idle_s < back_s + prices_.cold_s + prices_.start_s;
}

double Layers::lasts_ratio(std::int32_t replica, TimePoint now, double more_s) const {
  const Layer& layer = at(replica);
  const double now_s = layer.busy_since ? seconds(now - *layer.busy_since) : 0;
  return layer.gaps.lasts_ratio(layer.busy_s + now_s, more_s);
}

void Layers::save(StateWriter& out) const {
  save_real(out, "arrivals", total_);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    if (!layer.busy_since && !layer.idle_since) continue;
    const std::string name = "layer" + std::to_string(i + 1) + ".";
    if (layer.busy_since) out.field(name + "busy_since", layer.busy_since->ns());
    if (layer.idle_since) out.field(name + "idle_since", layer.idle_since->ns());
    save_real(out, name + "busy", layer.busy_s);
    save_real(out, name + "requests", layer.requests);
    save_real(out, name + "before", layer.total_before);
    out.field(name + "planned", layer.planned ? 1 : 0);
    save_real(out, name + "keep", layer.plan.keep_s);
    save_real(out, name + "back", layer.plan.back_s);
    layer.gaps.save(out, name);
  }
}

void Layers::restore(const StateReader& in) {
  const auto instant = [&](const std::string& name) -> std::optional<TimePoint> {
    const auto ns = in.field(name);
    return ns ? std::optional(TimePoint{Duration(*ns)}) : std::nullopt;
  };
  total_ = saved_real(in, "arrivals");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    const std::string name = "layer" + std::to_string(i + 1) + ".";
    layer.busy_since = instant(name + "busy_since");
    layer.idle_since = layer.busy_since ? std::nullopt : instant(name + "idle_since");
    layer.busy_s = saved_real(in, name + "busy");
    layer.requests = saved_real(in, name + "requests");
    layer.total_before = saved_real(in, name + "before");
    layer.planned = in.field(name + "planned").value_or(0) != 0;
    layer.plan.keep_s = saved_real(in, name + "keep", prices_.start_s);
    layer.plan.back_s = saved_real(in, name + "back");
    layer.gaps.restore(in, name);
  }
}

}  // namespace thaw
