// What the instances of a standalone function cost, and the levels between nothing and ready in
// which one may be left: the keys `price` and `levels`, and what policies are told of them.
#pragma once

#include <string>
#include <vector>

#include "engine/policy.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shape.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {

struct PriceForm {
  Price keep;
  Money start;
};

struct LevelForm {
  Standalone::Level level;
  std::string currency;
};

Shape<PriceForm> instance_price();
Shape<LevelForm> instance_level();
// What is wrong with them together; empty if nothing is.
std::string problem_of(const PriceForm& price, const std::vector<LevelForm>& levels);

// From off to serving. Without `cold` and levels a start takes no time. Without a price all cost
// nothing: what is known is how long a start takes.
std::vector<Level> levels_of(const FunctionSpec& function);

}  // namespace thaw::scenario
