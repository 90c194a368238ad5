#include "drivers/http/lines.hpp"

namespace thaw::http {

void Lines::take(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (begun_.size() + part.size() > longest_) {
      throw Failure(Failure::Kind::too_large,
                    "a line of more than " + std::to_string(longest_) + " bytes");
    }
    if (end == std::string_view::npos) {
      begun_ += part;
      return;
    }
    if (begun_.empty()) {
      tell(part);
    } else {
      begun_ += part;
      std::string line;
      line.swap(begun_);
      tell(line);
    }
    bytes.remove_prefix(end + 1);
  }
}

void Lines::tell(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.empty()) line_(line);
}

}  // namespace thaw::http
