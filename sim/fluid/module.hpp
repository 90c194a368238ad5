// Where the shared object with SimGrid behind it lies, and how it is opened.
//
// Errors: std::runtime_error that lists each path tried with the loader's own words.
// The module stays loaded to the end of the process, since the Fluid's code lives in it.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sim/fluid/fluid.hpp"

namespace thaw::sim {

inline constexpr const char* kFluidModule = "libthaw_fluid_simgrid.so";

// The one symbol that the module exports for us; extern "C" on its side.
inline constexpr const char* kFluidFactory = "thaw_open_simgrid_fluid";
using FluidFactory = Fluid* (*)(const Capacities&);  // the caller owns the result

// Beside the executable (a build tree), then where an installation puts it, then as the loader
// finds it.
std::vector<std::filesystem::path> fluid_module_candidates(
    const std::filesystem::path& executable_folder);

// The first candidate that loads.
std::unique_ptr<Fluid> open_fluid_from(const std::vector<std::filesystem::path>& candidates,
                                       const Capacities&);

}  // namespace thaw::sim
