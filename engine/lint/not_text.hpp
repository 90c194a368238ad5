// Values that YAML 1.1 reads as a number or a boolean where Kubernetes wants text.
//
// kubectl and helm read YAML 1.1 and send JSON: `on` arrives at the API server as true. Which
// values must be text: Kubernetes' API reference; of stack files, where faas-cli takes any scalar,
// none.
#pragma once

#include <string>
#include <vector>

#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct NotText {
  const yaml::Node* value = nullptr;
  std::string of;  // "a label", "an item of args"
};

// In the order of the files.
std::vector<NotText> not_text(const Subject& subject);

}  // namespace thaw::lint
