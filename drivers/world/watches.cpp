#include "drivers/world/watches.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/world/spawn.hpp"

namespace thaw::world {
namespace {

using kubernetes::Json;

using Take = std::function<void(const Json&)>;

struct ToldSink final : kubernetes::Sink {
  ToldSink(Take when_applied, Take when_deleted)
      : apply(std::move(when_applied)), remove(std::move(when_deleted)) {}
  void applied(const Json& object) override { apply(object); }
  void deleted(const Json& object) override { remove(object); }
  void synced() override {}
  Take apply, remove;
};

}  // namespace

Watches::Watches(kubernetes::Reader& reader, const std::vector<std::string>& namespaces,
                 const Told& told)
    : reader_(reader) {
  const auto watch = [&](std::string path, Take apply, Take remove, std::string one = {}) {
    sinks_.push_back(std::make_unique<ToldSink>(std::move(apply), std::move(remove)));
    reflectors_.push_back(std::make_unique<kubernetes::Reflector>(
        reader_, kubernetes::Collection{std::move(path), "", std::move(one)}, *sinks_.back()));
  };
  Inventory* const all = &told.inventory;
  for (const std::string& ns : namespaces) {
    const std::string in = "/namespaces/" + ns + "/";
    for (const bool stateful : {false, true})
      watch(
          "/apis/apps/v1" + in + (stateful ? "statefulsets" : "deployments"),
          [=](const Json& object) { all->apply_workload(object, stateful); },
          [=](const Json& object) { all->remove_workload(object, stateful); });
    watch(
        "/apis/autoscaling/v2" + in + "horizontalpodautoscalers",
        [=](const Json& object) { all->apply_hpa(object); },
        [=](const Json& object) { all->remove_hpa(object); });
    watch(
        "/api/v1" + in + "pods", [=](const Json& object) { all->apply_pod(object); },
        [=](const Json& object) { all->remove_pod(object); });
    if (Endpoints* const endpoints = told.endpoints)
      watch(
          "/apis/discovery.k8s.io/v1" + in + "endpointslices",
          [=](const Json& object) { endpoints->apply(object); },
          [=](const Json& object) { endpoints->remove(object); });
  }
  // The right to watch a thing by its name asks for the name.
  if (HeardCalls* const calls = told.calls)
    watch(
        "/api/v1/namespaces/" + told.calls_namespace + "/configmaps",
        [=](const Json& object) { calls->apply(object); }, [=](const Json&) { calls->remove(); },
        "metadata.name=" + told.calls_name);
  if (Spending* const nodes = told.nodes)
    watch(
        "/api/v1/nodes",
        [=, recording = told.recording](const Json& object) {
          nodes->apply(node_of(object));
          if (recording && *recording) (*recording)->node_changed(node_of(object));
        },
        [=, recording = told.recording](const Json& object) {
          nodes->remove(node_of(object));
          if (recording && *recording) (*recording)->node_gone(node_of(object));
        });
}

Watches::~Watches() = default;

void Watches::start() {
  for (auto& reflector : reflectors_) spawn(reader_.transport().executor(), reflector->run());
}

void Watches::stop() {
  for (auto& reflector : reflectors_) reflector->stop();
}

bool Watches::synced() const {
  return std::all_of(reflectors_.begin(), reflectors_.end(),
                     [](const auto& reflector) { return reflector->synced(); });
}

TimePoint Watches::facts_taken(TimePoint now) const {
  TimePoint oldest = now;
  for (const auto& reflector : reflectors_) {
    if (reflector->synced() && reflector->watching()) continue;
    const auto heard = reflector->heard();
    const Duration age = heard ? std::chrono::steady_clock::now() - *heard : now.since_epoch;
    oldest = std::min(oldest, now - age);
  }
  return oldest;
}

std::string Watches::trouble() const {
  std::string text;
  for (const auto& reflector : reflectors_) {
    if (reflector->synced()) continue;
    const std::string& error = reflector->last_error();
    text += reflector->collection().path + ": " + (error.empty() ? "not yet listed" : error) + "\n";
  }
  return text;
}

}  // namespace thaw::world
