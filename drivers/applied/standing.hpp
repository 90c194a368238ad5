// What stands where a plan wants to put its own: looked at before anything is written.
#pragma once

#include <string>
#include <vector>

#include "drivers/applied/plan.hpp"
#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/reader.hpp"

namespace thaw::applied {

struct Standing {
  std::vector<bool> used;               // of each object of the plan: it is there, and is used
  std::vector<std::string> missing;     // namespaces
  std::vector<std::string> in_the_way;  // a line each: what it is, whose, and the mend
};

Awaitable<Standing> look(kubernetes::Reader& reader, const Plan& plan);

// "made by run 2026… of thaw: thaw clean 2026… removes it", "of Helm release x", "made by kubectl".
std::string whose(const kubernetes::Json& object);

// Whether all that `wanted` says `there` says too; metadata is not looked at.
bool says_the_same(const kubernetes::Json& wanted, const kubernetes::Json& there);

}  // namespace thaw::applied
