#include "sim/study/gap_prices.hpp"

namespace thaw::sim {

GapPrices::GapPrices(const OptimumQuestion& question, double share) {
  lines_.push_back({question.keep_per_s * share, 0});
  for (const auto& half : question.halfway)
    lines_.push_back({half.keep_per_s * share, half.start_cost * share});
  lines_.push_back({0, question.start_cost * share});
}

std::size_t GapPrices::cheapest(std::int64_t gap) const {
  std::size_t best = 0;
  for (std::size_t i = 1; i < lines_.size(); ++i)
    if (cost(lines_[i], gap) < cost(lines_[best], gap)) best = i;
  return best;
}

void GapPrices::add_to(Optimum& result) const {
  for (const Line& line : lines_) {
    result.keeping += line.keep_per_s * (static_cast<double>(line.ns) / 1e9);
    result.starting += line.start_cost * static_cast<double>(line.gaps);
  }
  result.starts = lines_.back().gaps;
}

}  // namespace thaw::sim
