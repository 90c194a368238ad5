#include "policies/demand/fourier.hpp"

#include <algorithm>
#include <cmath>

#include "engine/math.hpp"
#include "policies/demand/saved.hpp"

namespace thaw {
namespace {

constexpr std::size_t kN = FourierForecast::kSamples;

// cos(2π i / N)
const std::array<double, kN>& cosines() {
  static const std::array<double, kN> table = [] {
    std::array<double, kN> values{};
    for (std::size_t i = 0; i < kN; ++i)
      values[i] = math::cos_turns(static_cast<double>(i) / static_cast<double>(kN));
    return values;
  }();
  return table;
}

double cosine(std::size_t i) { return cosines()[i % kN]; }
double sine(std::size_t i) { return cosines()[(i + kN - kN / 4) % kN]; }

}  // namespace

double FourierForecast::mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }

double FourierForecast::deviation() const {
  if (count_ == 0) return 0;
  return std::sqrt(std::max(0.0, squares_ / static_cast<double>(count_) - mean() * mean()));
}

// Sample i of the ring counts with exp(-2πjki/N): a new one in its place changes bin k by the
// difference, turned like that.
void FourierForecast::add(double sample) {
  const double before = samples_[next_], change = sample - before;
  samples_[next_] = sample;
  if (change != 0)
    for (std::size_t k = 0; k < kBins; ++k) {
      bins_[k].re += change * cosine(k * next_);
      bins_[k].im -= change * sine(k * next_);
    }
  sum_ += change;
  squares_ += sample * sample - before * before;
  next_ = (next_ + 1) % kN;
  count_ = std::min(count_ + 1, kN);
}

void FourierForecast::forecast(double* into, std::size_t many, double spread) const {
  const double usual = mean(), most = usual + spread * deviation();
  std::fill_n(into, many, usual);
  if (count_ < kN) return;
  std::array<std::size_t, kHarmonics> strongest{};
  std::array<double, kHarmonics> power{};
  for (std::size_t k = 1; k < kBins; ++k) {
    double left = bins_[k].re * bins_[k].re + bins_[k].im * bins_[k].im;
    if (k == kN / 2) left /= 4;  // it has no twin
    std::size_t bin = k;
    for (std::size_t i = 0; i < kHarmonics; ++i)
      if (left > power[i]) std::swap(left, power[i]), std::swap(bin, strongest[i]);
  }
  for (std::size_t step = 0; step < many; ++step) {
    const std::size_t at = next_ + step;
    double value = usual;
    for (const std::size_t k : strongest) {
      if (k == 0) continue;
      const double twins = k == kN / 2 ? 1 : 2;
      value += twins / static_cast<double>(kN) *
               (bins_[k].re * cosine(k * at) - bins_[k].im * sine(k * at));
    }
    into[step] = std::clamp(value, 0.0, most);
  }
}

void FourierForecast::save(StateWriter& out) const {
  for (std::size_t i = 0; i < count_; ++i)
    save_real(out, "sample" + std::to_string(i), samples_[(next_ + kN - count_ + i) % kN]);
  out.field("samples", static_cast<std::int64_t>(count_));
}

void FourierForecast::restore(const StateReader& in) {
  *this = {};
  const std::int64_t many = in.field("samples").value_or(0);
  for (std::int64_t i = 0; i < many && i < static_cast<std::int64_t>(kN); ++i)
    add(saved_real(in, "sample" + std::to_string(i)));
}

}  // namespace thaw
