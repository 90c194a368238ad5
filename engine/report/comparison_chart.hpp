// Cost against p95 as a chart of characters: left is cheaper, down is faster.
//
// Each policy is a letter, in the order of the comparison's policies that ran and have a p95;
// where letters meet the first one stands there, and a line says who else. `|` is the optimum's
// cost. An axis starts at 0; one of values more than ten times apart is logarithmic, and says so.
// Errors: none; empty when there is nothing to draw.
#pragma once

#include <string>
#include <vector>

#include "engine/report/comparison.hpp"

namespace thaw {

struct ChartPoint {
  char letter = 'a';
  double x = 0, y = 0;  // at least 0
  bool front = false;
};

struct Chart {
  std::string x_name, y_name;
  std::string (*x_words)(double) = nullptr;
  std::string (*y_words)(double) = nullptr;
  std::vector<ChartPoint> points;
  std::optional<double> line;  // of x
  bool colour = false;
};

std::string draw(const Chart& chart);

}  // namespace thaw
