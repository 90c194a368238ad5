// The option --precision of verbs that run replications.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>

namespace thaw::app {

// With --precision and without --replications.
inline constexpr std::size_t kMostForPrecision = 1'000;

// `share`: what it says, above 0 and below 1; empty unless it is there.
void add_precision(CLI::App& verb, std::optional<double>& share);

}  // namespace thaw::app
