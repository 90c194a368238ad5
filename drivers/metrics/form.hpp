// Percent-encoding as HTTP's forms and paths want it (RFC 3986): all but letters, digits, - _ . ~.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw::metrics {

using Form = std::vector<std::pair<std::string, std::string>>;

// "query=up&time=1"; what has no value is left out.
std::string encode(const Form& form);

std::string encode_segment(std::string_view text);

}  // namespace thaw::metrics
