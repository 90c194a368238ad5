// `thaw clean` as a whole: connects, tells what runs left, or takes it away; where the cluster is
// the test fixture, with the pools that were made for a run.
//
// Errors: InputError for a kubeconfig that is no good and for runs that left nothing; ApiError;
// std::runtime_error of the fixture.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drivers/kubernetes/kubeconfig.hpp"
#include "engine/time.hpp"

namespace thaw::applied {

struct CleanOptions {
  kubernetes::AccessOptions access;
  std::vector<std::string> runs;        // ids; empty without `all`: what is left is only told
  bool all = false;                     // every run that left something
  std::vector<std::string> namespaces;  // where to look; empty: everywhere
  Duration within{120s};                // of each run
  std::function<void(const std::string&)> say;  // a line of the result
};

// Whether all that was to be removed is gone.
bool clean_command(const CleanOptions& options);

}  // namespace thaw::applied
