// What no replica answers: pages, and calls that need no answer at once.
//
// Their body is read whole, within a bound, and the hook's answer written whole. A hook that throws
// is answered with 500.
#pragma once

#include <string>

#include "drivers/gateway/caller.hpp"
#include "drivers/gateway/core.hpp"

namespace thaw::gateway {

Awaitable<void> serve_page(Core& core, Caller& caller);
// `rest` begins with '/'.
Awaitable<void> serve_async(Core& core, Caller& caller, FunctionName function, std::string rest);

}  // namespace thaw::gateway
