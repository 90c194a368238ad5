// What a run has on a cluster: the pools of a test fixture, the objects of the manifests, and what
// its driver keeps there. It is put up, and taken away again.
//
// Errors: InputError (the scenario cannot be run there), ApiError, applied::Refused,
// applied::Interrupted, std::runtime_error (nodes that do not come; the fixture). Threads: the
// Transport's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drivers/applied/application.hpp"
#include "drivers/fixture/fixture.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/writer.hpp"
#include "drivers/trial/run.hpp"

namespace thaw::trial {

class Deployed {
 public:
  // All of them outlive it.
  Deployed(const Run& run, kubernetes::Reader& reader, kubernetes::Writer& writer)
      : run_(run), reader_(reader), writer_(writer) {}

  // Says what is to be put where, and waits for the nodes that the scenario begins with. On the
  // fixture those are made; elsewhere nothing is written.
  Awaitable<void> prepare();
  // All objects, or none. `how`: what else is to be done before and between them.
  Awaitable<void> make(applied::ApplySettings how);
  // As far as it came. Whoever writes to what goes has to be gone by then.
  Awaitable<void> take_away();

  const applied::Plan& plan() const { return plan_; }
  fixture::Fixture* fixture() { return fixture_ ? &*fixture_ : nullptr; }  // nullptr: it is none
  fixture::Preparation preparation() const;
  std::vector<std::string> notices() const;

 private:
  std::map<std::string, std::string> annotations(const Workload& workload) const;
  applied::Planned own_object(const std::string& api_version, const std::string& kind,
                              const std::string& plural, const std::string& name) const;
  void add_own_objects();

  const Run& run_;
  kubernetes::Reader& reader_;
  kubernetes::Writer& writer_;
  std::optional<fixture::Fixture> fixture_;
  std::vector<std::string> fixture_notices_;
  applied::Plan plan_;
  bool touched_ = false;  // something of the run may be there
};

}  // namespace thaw::trial
