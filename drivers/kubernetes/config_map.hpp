// One ConfigMap of strings: the state that outlives the process.
//
// Errors: ApiError; above 1 MiB in all it is refused before it is sent, as the server would.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/writer.hpp"

namespace thaw::kubernetes {

struct ConfigMapName {
  std::string namespace_name, name;
};

using Strings = std::map<std::string, std::string>;

// Nothing: there is none.
Awaitable<std::optional<Strings>> read_config_map(Reader& reader, ConfigMapName name);

// Sets exactly these entries, and removes those that `data` lacks; made where there is none.
Awaitable<void> apply_config_map(Writer& writer, ConfigMapName name, Strings data,
                                 Strings labels = {}, Duration within = 10s);

}  // namespace thaw::kubernetes
