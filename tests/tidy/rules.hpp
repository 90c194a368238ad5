// The rules of the house that a compiler does not know. Each takes the tree and returns what breaks
// it, one line a finding: "file:line: what is wrong". Errors: none.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/source_tree.hpp"

namespace thaw::tidy {

using Tree = std::vector<SourceFile>;
using Findings = std::vector<std::string>;

// policies → engine, sim → engine, drivers → engine, app → all of them; nobody includes tests.
Findings includes_against_the_grain(const Tree& tree);

// Each outside library is included by one place only.
Findings libraries_out_of_place(const Tree& tree);

// libm's transcendental functions and <random> give other bits on other machines; engine/math has
// our own.
Findings machine_dependent_math(const Tree& tree);

// Simulated time is the only time that engine, policies and sim know.
Findings clocks_of_the_machine(const Tree& tree);

// It survives what must not be survived: SimGrid ends an actor by an exception of no known type.
Findings catch_all(const Tree& tree);

Findings long_files(const Tree& tree);

Findings headers_without_pragma_once(const Tree& tree);

// A .cpp that no CMakeLists.txt above it names is in no build.
Findings sources_in_no_build(const Tree& tree);

Findings paths_of_one_machine(const Tree& tree);

}  // namespace thaw::tidy
