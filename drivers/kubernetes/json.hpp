// What the API server says, as a tree. <nlohmann/json.hpp> is for the .cpp files.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace thaw::kubernetes {

using Json = nlohmann::json;

}  // namespace thaw::kubernetes
