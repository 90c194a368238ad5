// What a target asks for: /function/NAME/PATH?QUERY, /async-function/NAME/PATH?QUERY, or a page.
//
// Nothing is decoded: what stands behind NAME goes to the function byte for byte, and a NAME with
// an escape in it is nobody's. Source: SlimFaas's and OpenFaaS's paths.
#pragma once

#include <string_view>

#include "drivers/gateway/routes.hpp"

namespace thaw::gateway {

struct Target {
  enum class Kind : unsigned char { page, function, async_function };
  Kind kind = Kind::page;
  std::string_view name;  // of the function
  std::string_view rest;  // "", "/PATH", "/PATH?QUERY" or "?QUERY"
};

Target split(std::string_view target);

// Whether the path is hidden from those outside: as it stands, or as one reads it who decodes it,
// merges slashes and follows dots, as the function may.
bool hidden(const Visibility& visibility, std::string_view rest);

}  // namespace thaw::gateway
