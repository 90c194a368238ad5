// TH501: containers that run as root, or as whatever their image says.
#include <fmt/format.h>

#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::root_container {
namespace {

using yaml::Node;

enum class User { unsaid, root, other };

User user_of(const Node& map) {
  const Node* const id = at(map, "securityContext.runAsUser");
  if (id && !id->scalar.empty()) return id->scalar == "0" ? User::root : User::other;
  const Node* const other = at(map, "securityContext.runAsNonRoot");
  return other && other->scalar == "true" ? User::other : User::unsaid;
}

// The first container that may be root, with what it says; a container's word goes before the
// pod's.
struct Rooted {
  std::string container;
  User user = User::other;
};

Rooted first_rooted(const Node& pod) {
  const User of_pod = user_of(pod);
  for (const Node* const container : containers_of(pod)) {
    const User own = user_of(*container);
    const User effective = own == User::unsaid ? of_pod : own;
    if (effective == User::other) continue;
    const Node* const name = container->find("name");
    return {name ? name->scalar : "", effective};
  }
  return {};
}

void check(const Subject& subject, Report& report) {
  for (const PodSpec& pod : pods_of(subject)) {
    const Rooted found = first_rooted(*pod.spec);
    if (found.user == User::other) continue;
    const std::string who = fmt::format(
        "{} of {} {}", found.container.empty() ? "the container" : "container " + found.container,
        pod.object->kind, pod.object->name);
    report.add(
        pod.object->place,
        found.user == User::root
            ? fmt::format("{} runs as root: runAsUser is 0", who)
            : fmt::format("nothing says whether {} is root: it is what its image says, which "
                          "mostly is root",
                          who),
        "set runAsNonRoot: true and a runAsUser above 0 in the pod's securityContext");
  }
}

}  // namespace

Rule rule() {
  return {"TH501", "root-container", Severity::info, "containers that run as root", check};
}

}  // namespace thaw::lint::root_container
