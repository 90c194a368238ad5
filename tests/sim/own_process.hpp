// A process of its own for what opens flows: SimGrid is one engine a process.
//
// Errors: a child that dies, or in which an expectation fails, fails the caller's test.
#pragma once

#include <functional>
#include <string>

namespace thaw::sim {

// Runs the body in a child; what fails there is printed there.
void in_own_process(const std::function<void()>& body);

// The same, and what the body returned; empty if the child did not get that far.
std::string from_own_process(const std::function<std::string()>& body);

}  // namespace thaw::sim
