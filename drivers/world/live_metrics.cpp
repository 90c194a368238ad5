#include "drivers/world/live_metrics.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace thaw::world {
namespace {

std::unique_ptr<metrics::Prometheus> store_of(const boost::asio::any_io_executor& executor,
                                              const Clock& clock,
                                              const DriveConfig::MetricsStore& of) {
  if (of.prometheus.empty()) return nullptr;
  auto parsed = http::parse_url(of.prometheus);
  if (const auto* const wrong = std::get_if<std::string>(&parsed))
    throw InputError({{{of.prometheus, 0, 0}, "metrics.prometheus", *wrong}});
  return std::make_unique<metrics::Prometheus>(
      executor, metrics::StoreSettings{std::get<http::Endpoint>(std::move(parsed))}, clock);
}

metrics::Freshness freshness_of(const DriveConfig::MetricsStore& of) {
  metrics::Freshness freshness;
  freshness.scrape = of.scrape;
  return freshness;
}

}  // namespace

LiveMetrics::LiveMetrics(boost::asio::any_io_executor executor, kubernetes::Transport& transport,
                         const Clock& clock, const Inventory& inventory,
                         const DriveConfig::MetricsStore& of)
    : inventory_(inventory),
      pods_(inventory),
      period_(of.poll),
      store_(store_of(executor, clock, of)),
      metrics_(executor, {&transport, store_.get()}, clock, pods_, freshness_of(of)) {}

void LiveMetrics::serve(const Functions& functions) {
  std::vector<metrics::Metrics::Asked> all;
  for (const Function& function : functions.governed) {
    if (function.metrics.empty()) continue;
    const WorkloadState* const state = inventory_.find(function.target);
    if (!state) continue;  // gone since; no selector would be all pods
    all.push_back({function.id, {function.target.ns, state->selector}, function.metrics, period_});
  }
  metrics_.ask(std::move(all));
}

const MetricFacts& LiveMetrics::read(FunctionId id, std::size_t index) {
  return metrics_.read(id, index);
}

void LiveMetrics::stop() {
  metrics_.stop();
  if (store_) store_->close();
}

std::optional<std::uint64_t> LiveMetrics::PodNames::id_of(std::string_view ns,
                                                          std::string_view pod) const {
  return inventory_.id_of_pod(ns, pod);
}

}  // namespace thaw::world
