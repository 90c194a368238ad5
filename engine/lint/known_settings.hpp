// Keys of annotations, labels and variables as their systems know them, for what is deprecated,
// gone or misspelt.
//
// Sources: Knative Serving, pkg/apis/autoscaling/register.go and pkg/apis/serving/register.go;
// SlimFaas, docs/BREAKING_CHANGES_ENVIRONMENT_VARIABLES.md and docs/functions.md; OpenFaaS,
// docs/architecture/autoscaling.md.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lint/subject.hpp"
#include "engine/version.hpp"

namespace thaw::lint {

// A family of keys: "autoscaling.knative.dev/" and what may come behind it.
struct KeyFamily {
  std::string_view prefix, owner;
  std::vector<std::string> known;
  bool closed = false;       // nothing but these
  bool near_prefix = false;  // no other system has a prefix that looks like it
};
const std::vector<KeyFamily>& key_families();

// A variable of SlimFaas before 0.61, and its name since; empty: it has none.
inline constexpr Version kSlimFaasSections{0, 61, 0};
struct RenamedVariable {
  std::string_view before, after;
};
const RenamedVariable* renamed_variable(std::string_view name);

// Every key of every map among the subject's trees, with its value.
void for_each_key(const Subject& subject,
                  const std::function<void(const yaml::Node& key, const yaml::Node& value)>& visit);

}  // namespace thaw::lint
