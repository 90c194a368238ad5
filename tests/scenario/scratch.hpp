// A folder of a test's own with a small scenario in it, and loading told as texts.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/load.hpp"

namespace thaw {

inline const std::string kGood = "tests/scenarios/good/";
inline const std::string kBad = "tests/scenarios/bad/";

inline std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_TRUE(stream.good()) << path;
  return text.str();
}

// A valid scenario that most tests append to or change; its lines are counted from 1 at apiVersion.
inline const std::string kSmall =
    "apiVersion: thaw/v1\n"                                                               // 1
    "kind: Scenario\n"                                                                    // 2
    "name: small\n"                                                                       // 3
    "cluster:\n"                                                                          // 4
    "  pools:\n"                                                                          // 5
    "    - {name: gpu, machine: {preset: scaleway/L4-1-24G}, nodes: {min: 0, max: 1}}\n"  // 6
    "manifests: [manifests/*.yaml]\n"                                                     // 7
    "functions:\n"                                                                        // 8
    "  ollama: {image: 1GB, service: {gpuSeconds: 1s, dispatch: oldest}}\n";              // 9

class Scratch {
 public:
  Scratch() {
    std::string pattern = testing::TempDir() + "thaw_scenario_XXXXXX";
    folder_ = std::string(mkdtemp(pattern.data())) + "/";
    std::filesystem::create_directory(folder_ + "manifests");
    write("manifests/functions.yaml", read_text(kGood + "manifests/functions.yaml"));
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + name, std::ios::binary) << text;
    return folder_ + name;
  }
  const std::string& folder() const { return folder_; }

  // Writes `text` as scenario.yaml and loads it.
  Scenario load(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return load_scenario(write("scenario.yaml", text), overrides);
  }

 private:
  std::string folder_;
};

// What is wrong with a scenario: "LINE:COLUMN: key: message", without the folder; empty if nothing
// is.
inline std::vector<std::string> problems(const std::string& path,
                                         const std::vector<std::string>& overrides = {}) {
  std::vector<std::string> texts;
  try {
    load_scenario(path, overrides);
  } catch (const InputError& error) {
    for (Diagnostic problem : error.problems()) {
      problem.place.file = std::filesystem::path(problem.place.file).filename().string();
      texts.push_back(to_text(problem));
    }
  }
  return texts;
}

}  // namespace thaw
