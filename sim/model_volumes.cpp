#include "sim/model_volumes.hpp"

#include <algorithm>
#include <utility>

namespace thaw::sim {

ModelVolumes::Step ModelVolumes::open(std::size_t function, Storage storage, PodId pod) {
  Function& f = functions_[function];
  if (storage == Storage::pod) return Step::download;
  if (storage == Storage::shared_volume) {
    if (f.shared.has_model) return Step::read;
    if (f.shared.owner) {
      f.shared.waiting.push_back(pod);
      return Step::wait;
    }
    f.shared.owner = pod;
    return Step::download;
  }
  auto free = std::find_if(f.own.begin(), f.own.end(), [](const Volume& v) { return !v.owner; });
  if (free == f.own.end()) free = f.own.emplace(f.own.end());
  free->owner = pod;
  return free->has_model ? Step::read : Step::download;
}

std::vector<PodId> ModelVolumes::downloaded(std::size_t function, PodId pod) {
  Function& f = functions_[function];
  for (Volume& volume : f.own) volume.has_model |= volume.owner == pod;
  if (f.shared.owner != pod) return {};
  f.shared.has_model = true;
  f.shared.owner.reset();
  return std::exchange(f.shared.waiting, {});
}

std::optional<PodId> ModelVolumes::closed(std::size_t function, PodId pod) {
  Function& f = functions_[function];
  for (Volume& volume : f.own)
    if (volume.owner == pod) volume.owner.reset();
  std::erase(f.shared.waiting, pod);
  if (f.shared.owner != pod) return std::nullopt;
  f.shared.owner.reset();
  if (f.shared.waiting.empty()) return std::nullopt;
  f.shared.owner = f.shared.waiting.front();
  f.shared.waiting.erase(f.shared.waiting.begin());
  return f.shared.owner;
}

}  // namespace thaw::sim
