#include "tests/sim/instances/family.hpp"

#include <cmath>
#include <cstdio>
#include <numeric>

#include "engine/statistics/student_t.hpp"

namespace thaw::sim {
namespace {

struct Mean {
  double mean, variance;  // variance: of one value
};

Mean mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, squares / (n - 1)};
}

void tell(const std::string& what, double mean, double expected, double reach) {
  std::printf("  %-44s %12.7g   expected %12.7g ± %.2g\n", what.c_str(), mean, expected, reach);
}

}  // namespace

Family& Family::of(int comparisons) {
  auto* family = new Family(comparisons);
  testing::AddGlobalTestEnvironment(family);  // which owns it from here on
  return *family;
}

double Family::confidence() const { return std::pow(0.99, 1.0 / comparisons_); }

void Family::compare(const std::string& what, const std::vector<double>& values, double expected,
                     double most_reach_ratio) {
  ++made_;
  const Mean seen = mean_of(values);
  const double reach = student_t(values.size() - 1, confidence()) *
                       std::sqrt(seen.variance / static_cast<double>(values.size()));
  tell(what, seen.mean, expected, reach);
  EXPECT_NEAR(seen.mean, expected, reach) << what;
  EXPECT_LT(reach, most_reach_ratio * expected) << what << ": too few requests to tell";
}

void Family::compare(const std::string& what, const std::vector<double>& values, double other_mean,
                     double other_deviation, int n) {
  ++made_;
  const Mean seen = mean_of(values);
  const double a = seen.variance / static_cast<double>(values.size()),
               b = other_deviation * other_deviation / n;
  const double freedom =
      (a + b) * (a + b) / (a * a / static_cast<double>(values.size() - 1) + b * b / (n - 1));
  const double reach =
      student_t(static_cast<std::size_t>(freedom), confidence()) * std::sqrt(a + b);
  tell(what, seen.mean, other_mean, reach);
  EXPECT_NEAR(seen.mean, other_mean, reach) << what;
}

void Family::TearDown() {
  // With a filter only some of them are made.
  if (testing::GTEST_FLAG(filter) != "*") return;
  EXPECT_EQ(made_, comparisons_) << "the confidence of each follows from their number";
}

}  // namespace thaw::sim
