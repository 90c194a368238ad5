// Bytes in, lines out: each told once, without its end, as soon as it is whole.
//
// Errors: Failure::too_large for a line above the bound, before it is kept; what `line` throws.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "drivers/http/client.hpp"

namespace thaw::http {

class Lines {
 public:
  Lines(const Client::Line& line, std::size_t longest) : line_(line), longest_(longest) {}

  void take(std::string_view bytes);
  bool whole() const { return begun_.empty(); }  // nothing waits for its end

 private:
  void tell(std::string_view line);

  const Client::Line& line_;
  std::size_t longest_;
  std::string begun_;
};

}  // namespace thaw::http
