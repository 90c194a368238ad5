#include "policies/demand/start_price.hpp"

#include "engine/moments.hpp"
#include "policies/setting_values.hpp"

namespace thaw {

StartPrice StartPrice::read(ParamsReader& reader, const Spec& spec) {
  StartPrice found;
  double start_cost = 0;
  if (!spec.levels.empty()) {
    found.keep_per_s = spec.levels.back().keep_per_s;
    found.to_serve = spec.levels.front().to_serve;
    start_cost = spec.levels.front().start_cost;
  }
  const bool priced = spec.params.has("price"), timed = spec.params.has("cold-start");
  if (spec.levels.empty() && !(priced && timed)) {
    for (const char* const key : {"price", "cold-start"})
      if (!spec.params.has(key))
        reader.error(key, "has to be set for " + spec.name +
                              ": no pool that takes it has a price, or nothing is known of them");
  }
  const double per_hour = read_number(reader, "price", "1", 0, 1e9);
  const Duration cold = read_duration(reader, "cold-start", "30s", Duration{0});
  if (timed) found.to_serve = Distribution::constant(cold);
  if (priced || spec.levels.empty()) found.keep_per_s = per_hour / 3600;
  found.start_s =
      timed || spec.levels.empty() ? seconds(cold) : start_cost / spec.levels.back().keep_per_s;
  return found;
}

Duration StartPrice::to_serve_at(double ratio) const {
  return Distribution::rounded(quantile(to_serve, ratio));
}

}  // namespace thaw
