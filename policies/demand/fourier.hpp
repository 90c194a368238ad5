// A forecast of a regular series by its strongest harmonics: the discrete Fourier transform of the
// last samples, kept up to date by one step a sample, and continued beyond them.
//
// What is forecast stays between 0 and the mean + `spread` standard deviations of the samples, for
// a periodic continuation may say anything. Units: the samples'. Errors: none; before `kSamples`
// were seen the older ones count as the mean of those that were.
// Source: sliding DFT (Jacobsen and Lyons, 2003); the forecast of Nguyen, Bhuyan and Elmroth,
// "Taming cold starts" (2025).
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "engine/state.hpp"

namespace thaw {

class FourierForecast {
 public:
  static constexpr std::size_t kSamples = 128, kHarmonics = 5;

  void add(double sample);
  std::size_t count() const { return count_; }
  double mean() const;
  double deviation() const;
  // Of the samples to come, the first one next. Only with kSamples seen: else the mean of them.
  void forecast(double* into, std::size_t many, double spread) const;

  void save(StateWriter& out) const;
  void restore(const StateReader& in);

 private:
  static constexpr std::size_t kBins = kSamples / 2 + 1;
  struct Complex {
    double re = 0, im = 0;
  };
  std::array<double, kSamples> samples_{};
  std::array<Complex, kBins> bins_{};
  std::size_t count_ = 0, next_ = 0;
  double sum_ = 0, squares_ = 0;
};

}  // namespace thaw
