#include "engine/calibration/calibration.hpp"

#include <algorithm>
#include <cmath>

#include "engine/calibration/step_distance.hpp"
#include "engine/math.hpp"

namespace thaw::calibration {
namespace {

// Φ by its own inverse: to 2^-40, more than a distance needs.
double normal_share(double z) {
  double low = 0, high = 1;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (math::normal_quantile(middle) < z ? low : high) = middle;
  }
  return (low + high) / 2;
}

// From the fitted curve.
double distance_of(std::vector<double> observed) {
  const auto n = static_cast<double>(observed.size());
  double sum = 0, squares = 0;
  for (double& x : observed) sum += x = math::log(x);
  const double mean = sum / n;
  for (const double x : observed) squares += (x - mean) * (x - mean);
  const double deviation = std::sqrt(squares / (n - 1));
  std::sort(observed.begin(), observed.end());
  for (double& x : observed) x = normal_share((x - mean) / deviation);
  return step_distance(observed);
}

// Stephens, J. American Statistical Association 69 (1974), table 1A: mean and deviation unknown.
double critical_distance(std::size_t observed) {
  const double root = std::sqrt(static_cast<double>(observed));
  return 0.895 / (root - 0.01 + 0.85 / root);
}

Fitted fitted(Quantity quantity, const std::string& name, const std::vector<double>& observed) {
  Fitted out;
  out.quantity = quantity;
  out.name = name;
  out.observed = observed.size();
  if (observed.empty()) return out;
  out.least = *std::min_element(observed.begin(), observed.end());
  out.most = *std::max_element(observed.begin(), observed.end());
  if (out.most - out.least <= 1e-8 * out.most) {
    out.constant = out.most;
  } else if (quantity == Quantity::metric_age) {
    out.age = fit_uniform(observed);
    if (out.age) out.distance = out.age->distance, out.critical = out.age->critical;
  } else if ((out.fit = fit_log_normal(observed))) {
    out.distance = distance_of(observed);
    out.critical = critical_distance(observed.size());
  }
  return out;
}

}  // namespace

std::vector<Fitted> calibrate(const Observed& observed) {
  std::vector<Fitted> all;
  for (const auto& [name, pool] : observed.pools) {
    Fitted one = fitted(Quantity::provisioning, name, pool.total);
    const double whole = pool.instance + pool.boot + pool.gpu;
    if (whole > 0) {
      one.instance_ratio = pool.instance / whole;
      one.boot_ratio = pool.boot / whole;
      one.gpu_ratio = pool.gpu / whole;
    }
    all.push_back(std::move(one));
  }
  for (const auto& [name, times] : observed.container_starts)
    all.push_back(fitted(Quantity::container_start, name, times));
  for (const auto& [name, times] : observed.services)
    all.push_back(fitted(Quantity::service, name, times));
  for (const auto& [of, ages] : observed.metric_ages) {
    Fitted one = fitted(Quantity::metric_age, of.first, ages);
    one.metric = of.second;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace thaw::calibration
