// TH303: more cards, or more shares of them, than there are.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/gpu_room.hpp"
#include "engine/lint/pods.hpp"
#include "engine/lint/replica_range.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint::card_count {
namespace {

using Mode = GpuSharing::Mode;

void check_distinct(const Subject& subject, const Workload& workload, Report& report) {
  const auto nearest = nearest_pool(*subject.scenario, workload);
  if (!nearest || !nearest->only(LackOf::cards)) return;
  const bool split = nearest->pool->gpu_sharing.mode == Mode::vgpu;
  report.add(
      place_of_resource(source_of(subject, workload), kGpuCards, workload.place),
      fmt::format("no node can take a pod of {}: in pool {} {}{}", workload.name,
                  nearest->pool->name, nearest->lacks.front().text,
                  split ? " (nvidia.com/gpu counts physical cards under HAMi, not shares)" : ""),
      split ? "ask for nvidia.com/gpu: 1 and say the share with gpumem and gpucores"
            : "ask for as many cards as a node has, or take a larger machine");
}

// Shares of several workloads on the one pool that can take them.
class Together {
 public:
  Together(const Subject& subject, const Pool& pool) : subject_(subject), pool_(pool) {
    cards_ = std::int64_t{pool.machine.gpus} * pool.nodes_max;
    mib_ = pool.machine.gpu_memory.count / (std::int64_t{1} << 20);
  }

  void check(Report& report) {
    for (const Workload& workload : subject_.manifests.workloads) {
      const auto room = gpu_room(*subject_.scenario, workload);
      if (!room || room->hosts.size() != 1 || room->hosts.front() != &pool_) continue;
      const std::int64_t replicas = replica_range(subject_, workload).least;
      if (replicas == 0 || replicas > room->replicas) continue;  // the latter is told already
      add(workload, replicas);
      if (!is_full()) continue;
      tell(workload, report);
      return;
    }
  }

 private:
  void add(const Workload& workload, std::int64_t replicas) {
    if (pool_.gpu_sharing.mode == Mode::vgpu) {
      const CardAsk ask = card_ask_of(workload.requests, pool_.gpu_sharing, mib_);
      const std::int64_t shares = replicas * ask.cards;
      cores_ += shares * ask.cores_percent;
      memory_ += shares * ask.memory_mib;
      shares_ += shares;
    } else {
      shares_ += replicas * workload.requests.extended.at(kGpuCards);
    }
    workloads_.push_back(&workload);
  }

  bool is_full() const {
    return shares_ > cards_ * pool_.gpu_sharing.per_card || cores_ > 100 * cards_ ||
           memory_ > mib_ * cards_;
  }

  std::string wanted() const {
    const std::string of = fmt::format(" of {} card{}", cards_, cards_ == 1 ? "" : "s");
    if (cores_ > 100 * cards_) return fmt::format("{} % of the cores{}", cores_, of);
    if (mib_ > 0 && memory_ > mib_ * cards_)
      return fmt::format("{} MiB of the {} MiB{}", memory_, mib_ * cards_, of);
    return fmt::format("{} of the {} GPUs offered", shares_, cards_ * pool_.gpu_sharing.per_card);
  }

  void tell(const Workload& last, Report& report) const {
    std::vector<Related> related;
    for (const Workload* const other : workloads_)
      if (other != &last) related.push_back({other->place, "wants its part: " + other->name});
    report.add(
        place_of_resource(source_of(subject_, last), kGpuCards, last.place),
        fmt::format("{} workloads want {} in pool {}, which is more than there is: not all of "
                    "their pods ever run at once",
                    workloads_.size(), wanted(), pool_.name),
        "ask for smaller shares, run fewer at once, or let the pool have more nodes",
        std::move(related));
  }

  const Subject& subject_;
  const Pool& pool_;
  std::int64_t cards_ = 0, mib_ = 0, cores_ = 0, memory_ = 0, shares_ = 0;
  std::vector<const Workload*> workloads_;
};

// Whatever the cluster is: a percentage of a card.
void check_percentages(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads) {
    for (const char* name : {kGpuMemoryPercent, kGpuCores}) {
      const auto found = workload.requests.extended.find(name);
      if (found == workload.requests.extended.end() || found->second <= 100) continue;
      const bool memory = name == kGpuMemoryPercent;
      report.add(memory ? Severity::error : Severity::warning,
                 place_of_resource(source_of(subject, workload), name, workload.place),
                 fmt::format("{} is a percentage of one card, and {} is more than all of it{}",
                             name, found->second, memory ? "" : ": HAMi takes 100"),
                 "write at most 100; for several cards raise nvidia.com/gpu");
    }
  }
}

void check(const Subject& subject, Report& report) {
  check_percentages(subject, report);
  if (!subject.scenario) return;
  for (const Workload& workload : subject.manifests.workloads) {
    check_distinct(subject, workload, report);
    const auto room = gpu_room(*subject.scenario, workload);
    const bool partitions = room && std::ranges::all_of(room->hosts, [](const Pool* pool) {
                              return pool->gpu_sharing.mode == Mode::mig;
                            });
    if (room && !partitions)
      tell_above(subject, workload, *room,
                 "ask for fewer replicas or smaller shares, or let the pool have more nodes",
                 report);
  }
  for (const Pool& pool : subject.scenario->cluster.pools)
    if (pool.machine.gpus > 0) Together(subject, pool).check(report);
}

}  // namespace

Rule rule() {
  return {"TH303", "card-count", Severity::error,
          "more cards, or more shares of them, than there are", check};
}

}  // namespace thaw::lint::card_count
