#include "drivers/kubernetes/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace thaw::kubernetes {

const Json* field(const Json& object, FieldPath path) {
  const Json* here = &object;
  for (const char* const key : path) {
    if (!here->is_object()) return nullptr;
    const auto found = here->find(key);
    if (found == here->end()) return nullptr;
    here = &*found;
  }
  return here->is_null() ? nullptr : here;
}

std::string text_at(const Json& object, FieldPath path) {
  const Json* const found = field(object, path);
  return found && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_at(const Json& object, FieldPath path, std::int64_t otherwise) {
  const Json* const found = field(object, path);
  return found && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

bool flag_at(const Json& object, FieldPath path) {
  const Json* const found = field(object, path);
  return found && found->is_boolean() && found->get<bool>();
}

}  // namespace thaw::kubernetes
