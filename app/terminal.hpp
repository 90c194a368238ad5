// Who sits at the terminal: whether colour is of use, and Ctrl-C.
#pragma once

#include <atomic>

namespace thaw::app {

// Standard output is a terminal, and NO_COLOR is not set.
bool coloured();

// From here on Ctrl-C, or SIGTERM, sets what is returned; a second one ends the process the hard
// way.
const std::atomic<bool>& watch_for_interrupt();

}  // namespace thaw::app
