#include "drivers/metrics/form.hpp"

#include <cctype>

namespace thaw::metrics {

std::string encode_segment(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-_.~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string encode(const Form& form) {
  std::string out;
  for (const auto& [key, value] : form) {
    if (value.empty()) continue;
    if (!out.empty()) out += '&';
    out += encode_segment(key) + "=" + encode_segment(value);
  }
  return out;
}

}  // namespace thaw::metrics
