#include "drivers/gateway/kept.hpp"

#include <algorithm>

namespace thaw::gateway {

std::unique_ptr<Upstream> Kept::take(std::uint64_t replica) {
  const auto found = idle_.find(replica);
  if (found == idle_.end()) return nullptr;
  auto& idle = found->second;
  while (!idle.empty()) {
    std::unique_ptr<Upstream> upstream = std::move(idle.back());
    idle.pop_back();
    --count_;
    if (upstream->channel.quiet()) return upstream;
  }
  return nullptr;
}

void Kept::put(std::uint64_t replica, std::unique_ptr<Upstream> upstream, Instant now) {
  if (count_ >= most_) return;
  upstream->since = now;
  upstream->in.shrink(kReadAtLeast);
  idle_[replica].push_back(std::move(upstream));
  ++count_;
}

void Kept::sweep(Instant before, const std::vector<std::uint64_t>& replicas) {
  count_ = 0;
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    auto& [replica, idle] = *entry;
    if (!std::ranges::binary_search(replicas, replica)) {
      idle.clear();
    } else {
      std::erase_if(idle, [&](const std::unique_ptr<Upstream>& upstream) {
        return upstream->since < before || !upstream->channel.quiet();
      });
    }
    count_ += idle.size();
    entry = idle.empty() ? idle_.erase(entry) : std::next(entry);
  }
}

}  // namespace thaw::gateway
