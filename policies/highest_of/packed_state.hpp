// What one policy keeps, inside the state of another.
//
// A reader of a state must know the names of its fields, and those of another policy are not known
// here. So they are kept beside the values, as the numbers that eight of their letters make.
// Errors: a state that pack() did not write reads as empty.
#pragma once

#include <optional>
#include <string>

#include "engine/state.hpp"

namespace thaw {

void pack(const SavedState& inner, const std::string& prefix, StateWriter& out);
std::optional<SavedState> unpack(const std::string& prefix, const StateReader& in);

}  // namespace thaw
