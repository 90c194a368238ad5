#include "policies/break_even_point.hpp"

#include "policies/setting_values.hpp"

namespace thaw {

Duration break_even_point(ParamsReader& reader, const Spec& spec) {
  if (spec.params.has("start")) return read_duration(reader, "start", "0s", Duration{0});
  reader.ignore("start");
  if (spec.levels.size() < 2) {
    reader.error("start",
                 "what a start costs is not known here: expected a time of keeping, such as "
                 "start=60s");
    return Duration{0};
  }
  const Level &nothing = spec.levels.front(), &serving = spec.levels.back();
  if (serving.keep_per_s > 0)
    return Distribution::rounded(nothing.start_cost / serving.keep_per_s * 1e9);
  if (nothing.start_cost > 0) return Distribution::rounded(Distribution::kLongest);
  return Distribution::rounded(nothing.to_serve.mean());
}

}  // namespace thaw
