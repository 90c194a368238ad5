#include "drivers/kubernetes/reach.hpp"

namespace thaw::kubernetes {

Access reach(const AccessOptions& options, const std::string& who) {
  Diagnostics problems;
  Access access = load_access(options, problems);
  problems.throw_if_any();
  access.user_agent = "thaw/" + who;
  return access;
}

std::string title_of(const Access& access) {
  return "context " + access.context + ", server " + access.server;
}

}  // namespace thaw::kubernetes
