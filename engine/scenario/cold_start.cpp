#include "engine/scenario/cold_start.hpp"

#include <algorithm>

namespace thaw {
namespace {

using After = ColdStartStage::After;

Distribution transfer(Bytes size, BytesPerSecond rate) {
  return Distribution::constant(Distribution::rounded(static_cast<double>(size.count) /
                                                      static_cast<double>(rate.count) * 1e9));
}

ColdStartStage model_stage(const Links& links, const Model& model, Storage storage,
                           const std::string& own) {
  BytesPerSecond rate = links.internet;
  std::string link = "internet";
  if (storage != Storage::pod || model.from == Model::From::volume) {
    rate = links.volume;
    link = "volume";
  } else if (model.from == Model::From::registry) {
    rate = links.registry;
    link = "registry";
  }
  return {"model", own + "model at cluster.links." + link,
          transfer(model.size, std::min(rate, links.node)), After::image, true};
}

}  // namespace

std::vector<ColdStartStage> cold_start_stages(const Scenario& scenario,
                                              const FunctionSpec& function, const Pool& pool) {
  const Links& links = scenario.cluster.links;
  const std::string own = "functions." + function.name + ".";
  std::vector<ColdStartStage> stages;
  if (pool.nodes_min == 0) {
    stages.push_back({"scan", "cluster.nodeAutoscaler",
                      Distribution::uniform(0s, scenario.cluster.node_autoscaler.scan),
                      After::nothing});
    stages.push_back({"node", "cluster.pools." + pool.name + ".provisioning",
                      pool.provisioning.total, After::order});
    stages.push_back({"image", own + "image at cluster.links.pull",
                      transfer(function.image, std::min({links.pull, links.node, links.registry})),
                      After::node});
  }
  stages.push_back({"container", own + "containerStart", function.container_start});
  stages.push_back({"delay", own + "fixedDelay", function.fixed_delay});
  if (function.model) {
    const Storage storage = scenario.manifests.workloads[function.workload].storage;
    stages.push_back(model_stage(links, *function.model, storage, own));
  }
  stages.push_back({"load", own + "modelLoad", function.model_load});
  return stages;
}

bool is_quicker(const Pool& pool, const Pool& than) {
  const bool there = pool.nodes_min > 0;
  if (there != (than.nodes_min > 0)) return there;
  return pool.provisioning.total.mean() < than.provisioning.total.mean();
}

}  // namespace thaw
