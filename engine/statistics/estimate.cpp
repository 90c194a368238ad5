#include "engine/statistics/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "engine/invariant.hpp"
#include "engine/statistics/student_t.hpp"
#include "engine/statistics/sum.hpp"

namespace thaw {
namespace {

double mean_of(std::span<const double> values) {
  Sum sum;
  for (const double value : values) sum.add(value);
  // Rounding must not move the mean of equal values off them.
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return std::clamp(sum.total() / static_cast<double>(values.size()), *least, *most);
}

}  // namespace

Estimate estimate(std::span<const double> values) {
  THAW_CHECK(!values.empty(), "an estimate needs a value");
  for (const double value : values) THAW_CHECK(std::isfinite(value), "an estimate is of numbers");
  const double mean = mean_of(values);
  if (values.size() == 1) return {mean, mean, mean, 1};
  Sum squares;
  for (const double value : values) squares.add((value - mean) * (value - mean));
  const auto n = static_cast<double>(values.size());
  const double standard_error = std::sqrt(squares.total() / (n - 1) / n);
  const double reach = student_t(values.size() - 1) * standard_error;
  return {mean, mean - reach, mean + reach, values.size()};
}

}  // namespace thaw
