// What a case of the HorizontalPodAutoscaler shows it: pods, readings, and the spec that asks for
// them.
//
// Units: as the case file says: ages in seconds, metric quantities in thousandths. The clock stands
// still at kCaseStart plus a step's atSeconds. Errors: InputError.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/decide/fields.hpp"
#include "policies/hpa/replica_calculator.hpp"
#include "policies/hpa/spec.hpp"

namespace thaw::app {

inline constexpr TimePoint kCaseStart{1767571200s};  // 2026-01-05T00:00:00Z

std::int64_t read_milli(const Fields& input, std::string_view key);  // any integer of 64 bits
std::vector<hpa::Metric> read_metrics(const Fields& hpa);
// As the user wrote it, with the API's defaults; empty where there is none.
std::optional<hpa::Behavior> read_behavior(const Fields& input);

// Pods and readings of one step. Views point into it.
class HpaFacts {
 public:
  HpaFacts(const std::vector<hpa::Metric>& metrics, const Fields& step);
  HpaFacts(const hpa::Metric& metric, const Fields& calc);
  HpaFacts(const HpaFacts&) = delete;
  HpaFacts& operator=(const HpaFacts&) = delete;

  const hpa::Target& target() const { return target_; }
  const std::vector<MetricFacts>& answers() const { return answers_; }

 private:
  void read_pods(const Fields& input);
  void read_answer(const hpa::Metric& metric, const Fields& reading);
  void read_samples(const Fields& reading, std::vector<PodSample>& samples);
  void add_plain_pods(std::int32_t count);
  void connect();  // the views
  std::uint64_t id_of(const std::string& pod);

  hpa::Target target_;
  std::string container_ = "c";  // every pod has one container
  std::map<std::string, std::uint64_t> ids_;
  std::vector<PodFacts> pods_;
  std::vector<std::vector<std::string>> resources_;
  std::vector<std::vector<ResourceRequest>> requests_;
  std::vector<MetricFacts> answers_;
  std::vector<std::vector<Milli>> series_;
  std::vector<std::vector<PodSample>> samples_;
};

}  // namespace thaw::app
