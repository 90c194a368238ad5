#include "engine/sampler.hpp"

namespace thaw {

void Sampler::refill() {
  given_ = 0;
  if (distribution_.kind != Distribution::Kind::exponential) {
    for (Duration& value : drawn_) value = distribution_.draw(random_);
    return;
  }
  math::Lanes lanes;
  for (double& lane : lanes) lane = 1 - random_.uniform();
  math::log_each(lanes);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    drawn_[i] = Distribution::rounded(distribution_.a * -lanes[i]);
  }
}

}  // namespace thaw
