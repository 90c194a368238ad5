#include "drivers/observed/watches.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/world/spawn.hpp"

namespace thaw::observed {
namespace {

struct Telling final : kubernetes::Sink {
  Telling(Watches::Take when_applied, Watches::Take when_deleted)
      : apply(std::move(when_applied)), remove(std::move(when_deleted)) {}
  void applied(const kubernetes::Json& object) override { apply(object); }
  void deleted(const kubernetes::Json& object) override { remove(object); }
  void synced() override {}
  Watches::Take apply, remove;
};

}  // namespace

Watches::Watches(kubernetes::Reader& reader, const std::vector<std::string>& namespaces,
                 const std::string& label, const Told& told)
    : reader_(reader) {
  const auto watch = [&](const std::string& path, const std::string& selector, const Take& apply,
                         const Take& remove) {
    sinks_.push_back(std::make_unique<Telling>(apply, remove));
    reflectors_.push_back(std::make_unique<kubernetes::Reflector>(
        reader_, kubernetes::Collection{path, selector}, *sinks_.back()));
  };
  const Take nothing = [](const kubernetes::Json&) {};
  watch("/api/v1/nodes", "", told.node, told.node_gone);
  for (const std::string& ns : namespaces) {
    const std::string in = "/namespaces/" + ns + "/";
    watch("/apis/apps/v1" + in + "deployments", label, told.workload, nothing);
    watch("/apis/apps/v1" + in + "statefulsets", label, told.workload, nothing);
    watch("/api/v1" + in + "pods", label, told.pod, told.pod_gone);
  }
}

Watches::~Watches() = default;

void Watches::start() {
  for (const auto& one : reflectors_) world::spawn(reader_.transport().executor(), one->run());
}

void Watches::stop() {
  for (const auto& one : reflectors_) one->stop();
}

bool Watches::synced() const {
  for (const auto& one : reflectors_)
    if (!one->synced()) return false;
  return true;
}

std::string Watches::trouble() const {
  std::string text;
  for (const auto& one : reflectors_)
    if (!one->last_error().empty())
      text += one->collection().path + ": " + one->last_error() + "\n";
  return text;
}

}  // namespace thaw::observed
