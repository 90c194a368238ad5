// A replica as a process of its own, to be killed: origin [--port N] [--log FILE].
//
// Prints "port N". To FILE goes the X-Call-Id of each request, or what it says in place of one, a
// line each, before the answer. Ends with its parent.
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/gateway/origin.hpp"

namespace {

using namespace thaw::rigs;

int run(std::uint16_t port, const char* file) {
  const int log = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (file && log < 0) return 3;
  Loop loop;
  Origin::Hooks hooks;
  if (log >= 0) {
    hooks.whole = [log](const Message& request) {
      std::string id(request.field("X-Call-Id").value_or(request.body));
      id += '\n';
      if (write(log, id.data(), id.size()) < 0) std::exit(3);
    };
  }
  const Origin origin(loop, port, std::move(hooks));
  std::printf("port %u\n", origin.port());
  std::fflush(stdout);
  loop.run(Instant::max());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  raise_descriptor_limit();
  std::uint16_t port = 0;
  const char* log = nullptr;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::string(words[i]) == "--port") {
      port = static_cast<std::uint16_t>(std::atoi(words[i + 1]));
    } else if (std::string(words[i]) == "--log") {
      log = words[i + 1];
    } else {
      return 2;
    }
  }
  return run(port, log);
}
