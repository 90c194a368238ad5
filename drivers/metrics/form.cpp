#include "drivers/metrics/form.hpp"

#include "drivers/http/message.hpp"

namespace thaw::metrics {

std::string encode(const Form& form) {
  std::string out;
  for (const auto& [key, value] : form) {
    if (value.empty()) continue;
    if (!out.empty()) out += '&';
    out += http::percent_encoded(key) + "=" + http::percent_encoded(value);
  }
  return out;
}

}  // namespace thaw::metrics
