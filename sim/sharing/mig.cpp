// Multi-Instance GPU: a card is cut into instances, each with compute and memory of its own.
//
// All alike, they are offered as nvidia.com/gpu (strategy single, as GKE does), else as
// nvidia.com/mig-PROFILE (strategy mixed). A pod gets the first free instance. What it does there
// disturbs nobody, beyond what `interference` says. Source: NVIDIA MIG user guide; device plugin,
// MIG strategies.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "engine/invariant.hpp"
#include "engine/scenario/mig_profiles.hpp"
#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

constexpr const char* kPrefix = "nvidia.com/mig-";

class MigCards final : public Cards {
 public:
  explicit MigCards(const Pool& pool)
      : Cards(pool.machine.gpus, pool.machine.gpu_memory, pool.gpu_sharing),
        whole_(mig_slices(pool.machine.gpu_model)) {
    std::vector<std::string> names = sharing().profiles;
    if (names.empty())
      names.assign(static_cast<std::size_t>(sharing().per_card), sharing().profile);
    for (const std::string& name : names) {
      const auto profile = mig_profile(pool.machine.gpu_model, name);
      // A pool made without the loader may cut cards that MIG does not know: then in even parts.
      parts_.push_back(profile.value_or(MigProfile{"", sharing().per_card, 0, 0, ""}));
    }
  }

  Choice choose(const Resources& request) const override {
    std::set<std::pair<std::size_t, std::size_t>> taken;
    for (const auto& [owner, share] : shares())
      for (std::size_t i = 0; i < share.cards.size(); ++i)
        taken.emplace(share.cards[i], share.parts[i]);
    Choice choice;
    for (const auto& [name, count] : request.extended) {
      if (name != kGpuCards && !name.starts_with(kPrefix)) continue;
      for (std::int64_t left = count; left > 0; --left)
        if (!pick(name, taken, choice)) return {{}, CardRefusal::pods, {}};
    }
    return choice;
  }
  bool contends() const override {
    return sharing().pace != GpuSharing::Pace::instance || sharing().interference_milli > 1000;
  }

 protected:
  CardAsk ask_of(const Resources&) const override { return {}; }
  std::vector<Speed> speeds(std::size_t card,
                            const std::vector<const Share*>& active) const override {
    std::vector<Speed> all;
    for (const Share* share : active) all.push_back(speed_of(part_on(*share, card)));
    return all;
  }
  Bytes limit(const Share& share, std::size_t card) const override {
    const MigProfile& part = part_on(share, card);
    return part.memory == 0 ? Bytes{} : Bytes{memory().count / whole_.memory * part.memory};
  }

 private:
  bool fits(const std::string& resource, const MigProfile& part) const {
    if (resource == kGpuCards) return sharing().profiles.empty();
    return !sharing().profiles.empty() && resource == kPrefix + std::string(part.name);
  }
  bool pick(const std::string& resource, std::set<std::pair<std::size_t, std::size_t>>& taken,
            Choice& choice) const {
    for (std::size_t card = 0; card < cards().size(); ++card) {
      for (std::size_t part = 0; part < parts_.size(); ++part) {
        if (!fits(resource, parts_[part]) || !taken.emplace(card, part).second) continue;
        choice.cards.push_back(card);
        choice.parts.push_back(part);
        return true;
      }
    }
    return false;
  }
  // A program uses one instance: the first.
  const MigProfile& part_on(const Share& share, std::size_t card) const {
    const auto at = std::find(share.cards.begin(), share.cards.end(), card);
    THAW_CHECK(at != share.cards.end(), "a pod works on a card that it has not");
    return parts_[share.parts[static_cast<std::size_t>(at - share.cards.begin())]];
  }
  Speed speed_of(const MigProfile& part) const {
    const auto slices = [](int n) { return static_cast<std::uint32_t>(n); };
    switch (sharing().pace) {
      case GpuSharing::Pace::instance:
        break;
      case GpuSharing::Pace::compute:
        return {slices(part.compute), slices(whole_.compute)};
      case GpuSharing::Pace::memory:
        return {slices(part.memory), slices(whole_.memory)};
    }
    return {};
  }

  MigSlices whole_;
  std::vector<MigProfile> parts_;  // of every card
};

void offer_instances(const Pool& pool, Resources& capacity) {
  if (pool.gpu_sharing.profiles.empty()) return offer_shares(pool, capacity);
  for (const std::string& profile : pool.gpu_sharing.profiles)
    capacity.extended[kPrefix + profile] += pool.machine.gpus;
}

std::unique_ptr<Cards> make_mig(const Pool& pool) { return std::make_unique<MigCards>(pool); }

}  // namespace

SharingMode mig_sharing() {
  return {GpuSharing::Mode::mig, offer_instances, make_mig, false, false};
}

}  // namespace thaw::sim
