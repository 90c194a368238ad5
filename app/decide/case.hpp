// One case of `thaw decide`: recorded inputs of a real autoscaler and what it answered.
//
// A kind of case is one function in app/decide/cases_*.cpp and one line of kinds.cpp. It reads the
// inputs, lets the product's own classes decide, and returns a line for each step.
// Units: as the case file says (seconds, thousandths). Errors: InputError for a case that cannot be
// read; nothing for a case that does not hold.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::app {

using Json = nlohmann::ordered_json;

struct Verdict {
  Json step;  // its instant or its number; null where a case is one step
  Json expected, decided;
  std::vector<std::string> differs;  // the paths in `expected` that `decided` does not match

  bool held() const { return differs.empty(); }
};

// Compares what is expected with what was decided, value by value: integers, booleans and texts
// exactly, floating values to 1e-6 (relative above 1, absolute below). A key that is not expected
// is not looked at.
Verdict judge(Json step, Json expected, Json decided);

using Decide = std::vector<Verdict> (*)(const Json& input);

// nullptr: no such kind. The two worlds both have a `reconcile`; what is in the case tells them
// apart.
Decide find_kind(const Json& one_case);

}  // namespace thaw::app
