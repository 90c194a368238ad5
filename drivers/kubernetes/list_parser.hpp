// A list's text, object by object: never the whole tree at once.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "drivers/kubernetes/reader.hpp"

namespace thaw::kubernetes {

// Each of `items` is told with the kind and apiVersion of its list, as items leave theirs out.
// Nothing: the text is no list; what was told before that was noticed was whole.
std::optional<Chunk> parse_list(std::string_view text, const std::function<void(Json&&)>& object);

}  // namespace thaw::kubernetes
