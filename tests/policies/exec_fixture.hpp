// An exec policy in conversation with a small shell program, and a file for what it noted.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "policies/all.hpp"
#include "tests/policies/asked.hpp"

namespace thaw {

// The first line of a program; `more` stands beside the protocol's number.
inline std::string greeting(const std::string& more = "") {
  std::string said = R"({"hello":{"protocol":1)" + (more.empty() ? "" : "," + more) + "}}";
  std::erase(said, '\n');
  return "read -r q; echo '" + said + "'\n";
}

inline Spec exec_spec(const std::string& command) {
  Spec spec;
  spec.name = "llm";
  spec.params.set("command", command, {});
  return spec;
}

struct Talking {
  explicit Talking(const Spec& spec) : policy(find_policy("exec")->make(spec, diagnostics)) {}
  explicit Talking(const std::string& command) : Talking(exec_spec(command)) {}

  Decision ask(Duration after, Cause cause = Cause::start) {
    seen.now = seen.facts_taken = kStart + after;
    seen.cause = cause;
    seen.pods = pods;
    return policy->decide(seen);
  }
  void replicas(std::int32_t n) { seen.spec = seen.status = seen.ready = Replicas(n); }
  void called(Duration after) { seen.last_activity = kStart + after; }

  Diagnostics diagnostics;
  std::unique_ptr<ScalingPolicy> policy;
  Observation seen{};
  std::vector<PodFacts> pods;
};

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "thaw_exec_XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string file() const { return (folder_ / "notes").string(); }
  std::vector<std::string> lines() const {
    std::ifstream in(file());
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace thaw
