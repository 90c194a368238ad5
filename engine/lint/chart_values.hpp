// Which values the charts that thaw knows have.
//
// Of every section whose keys are fixed; below the others (resources, affinity, ingress …) anything
// may stand. Of all versions seen together, so that a key that came or went is known.
// Source: values.yaml, templates and README of the charts ollama (otwld, 0.x to 1.x; SUSE's adds
// global and image.registry) and prometheus-adapter (prometheus-community, 2.x to 4.x).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::lint {

struct ValueSection {
  std::string_view path;  // "ollama.gpu"; empty: the top
  std::string_view keys;  // each with a blank on either side

  bool has(std::string_view key) const;
  std::vector<std::string> all() const;
};

// Empty for a chart that is not known.
std::span<const ValueSection> sections_of(std::string_view chart);

// Where what people write by mistake belongs: "persistence" → "persistentVolume". Empty: not known.
std::string_view meant_by(std::string_view chart, std::string_view path);

}  // namespace thaw::lint
