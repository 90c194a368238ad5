// The metrics that the functions' policies want, read where the cluster has them.
//
// Errors: the constructor throws InputError for a store's address that is none. Threads: one.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "drivers/metrics/metrics.hpp"
#include "drivers/world/live_clock.hpp"
#include "drivers/world/observer.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

class LiveMetrics final : public MetricsPort {
 public:
  LiveMetrics(boost::asio::any_io_executor executor, kubernetes::Transport& transport,
              const Pace& pace, const Inventory& inventory, const DriveConfig::MetricsStore& of);

  void serve(const Functions& functions);
  const MetricFacts& read(FunctionId id, std::size_t index) override;
  void stop();

 private:
  class PodNames final : public metrics::PodIds {
   public:
    explicit PodNames(const Inventory& inventory) : inventory_(inventory) {}
    std::optional<std::uint64_t> id_of(std::string_view ns, std::string_view pod) const override;

   private:
    const Inventory& inventory_;
  };

  const Inventory& inventory_;
  const Pace pace_;
  LiveClock of_day_;
  PodNames pods_;
  const Duration period_;
  std::unique_ptr<metrics::Prometheus> store_;
  metrics::Metrics metrics_;
  // Of one function's in scenario time, by index; they live until the next call for another.
  struct Translated {
    MetricFacts facts;
    std::vector<PodSample> pods;
  };
  std::deque<Translated> translated_;
};

}  // namespace thaw::world
