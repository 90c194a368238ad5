// A program of a real system: started with its own environment, its output in a file, and gone with
// us. The folders that they come from are what tests/peers/build.sh printed.
//
// Errors: std::runtime_error where an environment variable names no folder.
#pragma once

#include <string>
#include <vector>

namespace thaw::peers {

// Of $THAW_KARPENTER, $THAW_KNATIVE, $THAW_BINARY.
std::string from_environment(const char* variable);

struct Program {
  std::string path;
  std::vector<std::string> arguments = {};
  std::vector<std::string> environment = {};  // NAME=VALUE
  std::string log;
  std::string hosts = {};  // a file that it sees as /etc/hosts; empty: the machine's
};

// The command line of the Companion that runs it.
std::vector<std::string> command_of(const Program& program);

}  // namespace thaw::peers
