#include "tests/peers/program.hpp"

#include <cstdlib>
#include <stdexcept>

namespace thaw::peers {

std::string from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') {
    throw std::runtime_error(std::string(variable) + " is not set; ./dev test --peers sets it");
  }
  return value;
}

// The kernel ends it when we end. Its hosts file is bound in a mount namespace of its own.
std::vector<std::string> command_of(const Program& program) {
  std::vector<std::string> command{"setpriv", "--pdeathsig", "KILL"};
  if (!program.hosts.empty()) command.insert(command.end(), {"unshare", "--mount"});
  const std::string bind = program.hosts.empty() ? "" : "mount --bind \"$2\" /etc/hosts; ";
  command.insert(command.end(),
                 {"sh", "-ec", bind + "log=$1; shift 2; exec env \"$@\" >\"$log\" 2>&1", "sh",
                  program.log, program.hosts});
  command.insert(command.end(), program.environment.begin(), program.environment.end());
  command.push_back(program.path);
  command.insert(command.end(), program.arguments.begin(), program.arguments.end());
  return command;
}

}  // namespace thaw::peers
