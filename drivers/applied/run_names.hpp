// What is a run's own on a cluster, by its name: what each run has, and no scenario.
//
// `run` is an id (application.hpp: new_run_id). Errors: none. Threads: any.
#pragma once

#include <string>

namespace thaw::applied {

// The ConfigMap in each namespace that owns what the run made: "thaw-run-ID". The Lease of its
// driver has the same name, and so has the driver itself.
std::string owner_name(const std::string& run);
std::string lease_name(const std::string& run);
std::string driver_name(const std::string& run);

// The ConfigMap of what its policies remember. The driver writes it by itself: it bears the run's
// label, and has no owner.
std::string state_name(const std::string& run);
// The ConfigMap in which its gateways tell each other of their calls.
std::string calls_name(const std::string& run);

}  // namespace thaw::applied
