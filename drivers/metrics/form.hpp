// The parameters of an HTTP query or of a posted form (application/x-www-form-urlencoded).
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace thaw::metrics {

using Form = std::vector<std::pair<std::string, std::string>>;

// "query=up&timeout=5s"; what has no value is left out.
std::string encode(const Form& form);

}  // namespace thaw::metrics
