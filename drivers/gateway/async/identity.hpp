// What tells one call from another.
//
// An id is 26 letters and digits (Crockford's base 32): 48 bits of milliseconds since the Unix
// epoch, then 80 random bits of the kernel. Ids of all gateways sort by time and do not meet.
// Source: the ULID specification.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::gateway::async {

std::string new_id(TimePoint now);

// A request's method, target and body in 64 bits (FNV-1a). It tells a repeated request from another
// one under the same key; it is no proof against one who wants both to be the same.
std::uint64_t fingerprint(const http::Request& request);

}  // namespace thaw::gateway::async
