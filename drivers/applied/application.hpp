// Puts a plan on a cluster, and takes it away again.
//
// First it looks: an object that exists and is not of this run refuses the whole plan before
// anything is written (namespaces that exist are used as they are, and so is what is the cluster's
// and says the same). Then, in each namespace, the ConfigMap thaw-run-ID is made, and everything
// else in it names that as its owner: when it goes, Kubernetes' garbage collector takes the rest,
// also after a crash. On any failure what was made is removed.
// Errors: ApiError; Refused; Interrupted. Threads: those of the Transport.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "drivers/applied/plan.hpp"
#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/writer.hpp"
#include "engine/time.hpp"

namespace thaw::applied {

// Something is there already, and whose it is; what() has a line for each.
class Refused : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `stopped` said so; what was made is removed.
class Interrupted : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ApplySettings {
  std::string identity;  // who runs it: "HOST, process 123"
  std::function<void(const std::string&)> log = {};
  std::function<bool()> stopped = {};  // asked before each write
  Duration clean_within{120s};         // of the removal after a failure
  // Waited for when everything is made but what makes pods, and what scales that.
  std::function<Awaitable<void>()> before_workloads = {};
  // Waited for after each of those, before the next is made.
  std::function<Awaitable<void>(Planned)> after_workload = {};
};

struct Made {
  std::string kind, ns, name, uid;
};

struct Applied {
  std::string run;
  std::vector<Made> objects;                 // without those that were there already
  std::vector<std::string> made_namespaces;  // the others of the plan were there
};

// "20260105-143000-k3f9": letters and digits that a label and a name may hold.
std::string new_run_id();
bool is_run_id(const std::string& text);

Awaitable<Applied> apply(kubernetes::Reader& reader, kubernetes::Writer& writer, Plan plan,
                         ApplySettings settings);

}  // namespace thaw::applied
