#include "engine/scenario/instance_prices.hpp"

#include <algorithm>

namespace thaw::scenario {
namespace {

constexpr double kPerUnit = 1e9, kSecondsPerHour = 3600;

double per_second(Nanomoney per_hour) {
  return static_cast<double>(per_hour) / kPerUnit / kSecondsPerHour;
}

}  // namespace

Shape<PriceForm> instance_price() {
  return object<PriceForm>("instancePrice", [](auto& v, PriceForm& p) {
    v.required("keep", p.keep, price(), "of an instance or a server, as long as it is there");
    v.optional("start", p.start, money(),
               "of a start from nothing, beside the time that it takes; default nothing");
    if (v.reading() && !p.start.currency.empty() && p.start.currency != p.keep.currency)
      v.fault("start", "expected " + p.keep.currency + ", found " + p.start.currency);
  });
}

Shape<LevelForm> instance_level() {
  return object<LevelForm>("instanceLevel", [](auto& v, LevelForm& form) {
    Price keep;
    Money start;
    v.required("name", form.level.name, name(), "such as image, or host memory");
    v.required("keep", keep, price(), "of what is left of one instance there");
    v.optional("start", start, money(),
               "of a start from there, beside the time that it takes; default nothing");
    v.required("toServe", form.level.to_serve, distribution(), "from there until it serves");
    form.level.keep_per_hour = keep.per_hour;
    form.level.start = start.amount;
    form.currency = keep.currency;
    if (v.reading() && !start.currency.empty() && start.currency != keep.currency)
      v.fault("start", "expected " + keep.currency + ", found " + start.currency);
  });
}

std::string problem_of(const PriceForm& price, const std::vector<LevelForm>& levels) {
  Nanomoney below = -1;
  for (const auto& [level, currency] : levels) {
    if (currency != price.keep.currency)
      return level.name + ": expected " + price.keep.currency + ", found " + currency;
    if (level.keep_per_hour <= below)
      return level.name +
             " costs no more to keep than the one before it: expected the cheapest "
             "first";
    below = level.keep_per_hour;
  }
  if (below >= price.keep.per_hour && !levels.empty())
    return levels.back().level.name + " costs as much to keep as a whole instance";
  return "";
}

std::vector<Level> levels_of(const FunctionSpec& function) {
  const Standalone& rules = *function.standalone;
  if (rules.servers > 0) return {};
  const double keep = per_second(rules.keep_per_hour);
  const auto start_cost = [&](Nanomoney start, const Distribution& to_serve) {
    return static_cast<double>(start) / kPerUnit + keep * (to_serve.mean() / 1e9);
  };
  const Distribution& warm = function.service.duration;
  const double start_ns = function.service.cold.value_or(warm).mean() - warm.mean();
  const auto from_nothing = Distribution::constant(Distribution::rounded(std::max(0.0, start_ns)));
  std::vector<Level> levels{{"off", from_nothing, 0, start_cost(rules.start, from_nothing)}};
  for (const Standalone::Level& level : rules.levels)
    levels.push_back({level.name, level.to_serve, per_second(level.keep_per_hour),
                      start_cost(level.start, level.to_serve)});
  levels.push_back({"serving", Distribution::constant(Duration{0}), keep, 0});
  return levels;
}

}  // namespace thaw::scenario
