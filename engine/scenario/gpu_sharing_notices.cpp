#include "engine/scenario/gpu_sharing.hpp"
#include "engine/scenario/mig_profiles.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::scenario {
namespace {

using Mode = GpuSharing::Mode;

void notice_vgpu(const Pool& pool, const std::string& of, Diagnostics& problems) {
  problems.notice(of +
                  "the pods' parts of a card's cores are exact, where HAMi's ripple by 5 to 15 "
                  "points; a pod takes its memory when it loads its model, and no more later");
  if (!has_hami_label(pool))
    problems.notice(of + "without the label gpu=on HAMi leaves its nodes alone: no GPU is offered");
  if (pool.nodes_max > pool.nodes_min)
    problems.notice(of +
                    "cluster-autoscaler does not know gpumem, gpumem-percentage and gpucores: "
                    "pods that ask for them bring no node");
}

void notice_mig(const Pool& pool, const std::string& of, Diagnostics& problems) {
  problems.notice(
      of + "instances keep the geometry that the pool says; gpuSeconds are those of " +
      (pool.gpu_sharing.pace == GpuSharing::Pace::instance ? "an instance" : "a whole card"));
  if (pool.nodes_max > pool.nodes_min && !pool.gpu_sharing.reboot &&
      mig_needs_reboot(pool.machine.gpu_model))
    problems.notice(of + "a new node boots once more to turn MIG on, which takes as long again");
}

}  // namespace

void notice_gpu_sharing(const Pool& pool, Diagnostics& problems) {
  const std::string of = "pool " + pool.name + ", ";
  switch (pool.gpu_sharing.mode) {
    case Mode::whole:
      return;
    case Mode::vgpu:
      return notice_vgpu(pool, of + "vgpu: ", problems);
    case Mode::mig:
      return notice_mig(pool, of + "mig: ", problems);
    case Mode::time_slicing:
      return problems.notice(
          of +
          "time-slicing: pods at work share a card equally at every instant, slices have no "
          "length; a card's utilisation is told of each of its pods, as dcgm-exporter does with "
          "KUBERNETES_VIRTUAL_GPUS");
    case Mode::mps:
      return problems.notice(
          of +
          "mps: a pod has its part of a card's threads, alone at work too; that a fault of one "
          "client may end all is left out; a card's utilisation is told of each of its pods");
    case Mode::remote:
      return problems.notice(
          of +
          "remote: pods share the cards of their node evenly, each keeps to the card that had the "
          "fewest pods; the time of a call to the host is worked off on the card; DCGM tells of no "
          "pod");
  }
}

}  // namespace thaw::scenario
