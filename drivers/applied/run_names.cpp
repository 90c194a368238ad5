#include "drivers/applied/run_names.hpp"

namespace thaw::applied {

std::string owner_name(const std::string& run) { return "thaw-run-" + run; }
std::string lease_name(const std::string& run) { return owner_name(run); }
std::string driver_name(const std::string& run) { return owner_name(run); }
std::string state_name(const std::string& run) { return owner_name(run) + "-state"; }
std::string calls_name(const std::string& run) { return owner_name(run) + "-calls"; }

}  // namespace thaw::applied
