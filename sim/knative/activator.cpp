#include "sim/knative/activator.hpp"

#include <algorithm>
#include <utility>

namespace thaw::sim {

namespace {

std::optional<Load> load_of(const std::optional<serving::BusyReport>& report, TimePoint now) {
  if (!report) return std::nullopt;
  return Load{.at = now,
              .concurrency = report->concurrency,
              .requests = static_cast<double>(report->requests)};
}

}  // namespace

std::optional<Load> Activator::arrived(TimePoint now) { return load_of(stats_.arrive(now), now); }

std::optional<Load> Activator::report(TimePoint now) { return load_of(stats_.report(now), now); }

std::uint32_t Activator::in_flight(PodId pod) const {
  const auto found = in_flight_.find(pod);
  return found == in_flight_.end() ? 0 : found->second;
}

void Activator::returned(PodId pod) {
  const auto found = in_flight_.find(pod);
  if (--found->second == 0 && !is_own(pod)) in_flight_.erase(found);
}

bool Activator::is_own(PodId pod) const {
  return std::binary_search(pods_.begin(), pods_.end(), pod);
}

void Activator::assign(std::vector<PodId> pods) {
  pods_ = std::move(pods);
  std::erase_if(in_flight_, [this](const auto& of) { return of.second == 0 && !is_own(of.first); });
}

std::optional<PodId> Activator::choose(std::uint32_t concurrency, Random& random) {
  if (pods_.empty()) return std::nullopt;
  if (concurrency == 0) {
    if (pods_.size() == 1) return pods_.front();
    const auto one = random.below(pods_.size());
    auto other = random.below(pods_.size() - 1);
    if (other >= one) ++other;
    return in_flight(pods_[other]) < in_flight(pods_[one]) ? pods_[other] : pods_[one];
  }
  const auto has_room = [&](PodId pod) { return in_flight(pod) < concurrency; };
  constexpr std::uint32_t kInTurnFrom = 4;
  if (concurrency < kInTurnFrom) {
    const auto found = std::find_if(pods_.begin(), pods_.end(), has_room);
    return found == pods_.end() ? std::nullopt : std::optional(*found);
  }
  for (std::size_t tried = 0; tried < pods_.size(); ++tried) {
    const PodId pod = pods_[next_++ % pods_.size()];
    if (has_room(pod)) return pod;
  }
  return std::nullopt;
}

}  // namespace thaw::sim
