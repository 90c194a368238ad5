#include "drivers/world/watches.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>

namespace thaw::world {
namespace {

using kubernetes::Json;

struct WorkloadSink final : kubernetes::Sink {
  WorkloadSink(Inventory& to, bool is_stateful) : inventory(to), stateful(is_stateful) {}
  void applied(const Json& object) override { inventory.apply_workload(object, stateful); }
  void deleted(const Json& object) override { inventory.remove_workload(object, stateful); }
  void synced() override {}
  Inventory& inventory;
  bool stateful;
};

struct PodSink final : kubernetes::Sink {
  explicit PodSink(Inventory& to) : inventory(to) {}
  void applied(const Json& object) override { inventory.apply_pod(object); }
  void deleted(const Json& object) override { inventory.remove_pod(object); }
  void synced() override {}
  Inventory& inventory;
};

struct HpaSink final : kubernetes::Sink {
  explicit HpaSink(Inventory& to) : inventory(to) {}
  void applied(const Json& object) override { inventory.apply_hpa(object); }
  void deleted(const Json& object) override { inventory.remove_hpa(object); }
  void synced() override {}
  Inventory& inventory;
};

struct NodeSink final : kubernetes::Sink {
  explicit NodeSink(Spending& to) : spending(to) {}
  void applied(const Json& object) override { spending.apply(node_of(object)); }
  void deleted(const Json& object) override { spending.remove(node_of(object)); }
  void synced() override {}
  Spending& spending;
};

}  // namespace

Watches::Watches(kubernetes::Reader& reader, const std::vector<std::string>& namespaces,
                 Inventory& inventory, Spending* nodes)
    : reader_(reader) {
  const auto watch = [&](std::string path, std::unique_ptr<kubernetes::Sink> sink) {
    reflectors_.push_back(std::make_unique<kubernetes::Reflector>(
        reader_, kubernetes::Collection{std::move(path)}, *sink));
    sinks_.push_back(std::move(sink));
  };
  for (const std::string& ns : namespaces) {
    const std::string in = "/namespaces/" + ns + "/";
    watch("/apis/apps/v1" + in + "deployments", std::make_unique<WorkloadSink>(inventory, false));
    watch("/apis/apps/v1" + in + "statefulsets", std::make_unique<WorkloadSink>(inventory, true));
    watch("/apis/autoscaling/v2" + in + "horizontalpodautoscalers",
          std::make_unique<HpaSink>(inventory));
    watch("/api/v1" + in + "pods", std::make_unique<PodSink>(inventory));
  }
  if (nodes) watch("/api/v1/nodes", std::make_unique<NodeSink>(*nodes));
}

Watches::~Watches() = default;

void Watches::start() {
  for (auto& reflector : reflectors_)
    boost::asio::co_spawn(reader_.transport().executor(), reflector->run(), boost::asio::detached);
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
