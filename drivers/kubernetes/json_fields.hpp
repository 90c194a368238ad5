// Reading what may not be there: a field of another type counts as missing, and nothing throws.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "drivers/kubernetes/json.hpp"

namespace thaw::kubernetes {

using FieldPath = std::initializer_list<const char*>;  // {"spec", "replicas"}

const Json* field(const Json& object, FieldPath path);  // nullptr: missing, or null
std::string text_at(const Json& object, FieldPath path);
std::int64_t number_at(const Json& object, FieldPath path, std::int64_t otherwise = 0);
bool flag_at(const Json& object, FieldPath path);

}  // namespace thaw::kubernetes
