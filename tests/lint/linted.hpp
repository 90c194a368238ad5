// A few small files in a folder of their own, linted together.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/lint/lint.hpp"

namespace thaw::lint {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// Findings with their places' files as named here.
Result linted(const NamedTexts& files);
// Of files of the tree, by their paths.
Result linted_paths(const std::vector<std::string>& paths);

// "TH102 a.yaml:3:5", in order; of one code, if one is given.
std::vector<std::string> places(const Result& result, const std::string& code = "");
// The messages of one code, in order.
std::vector<std::string> messages(const Result& result, const std::string& code);

// How grave the findings of one code are, in order.
std::vector<Severity> severities(const Result& result, const std::string& code);

}  // namespace thaw::lint
