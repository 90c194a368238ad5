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
                         const Pace& pace, const Inventory& inventory,
                         const DriveConfig::MetricsStore& of)
    : inventory_(inventory),
      pace_(pace),
      of_day_(executor, {}, pace.of_day()),
      pods_(inventory),
      period_(of.poll),
      store_(store_of(executor, of_day_, of)),
      metrics_(executor, {&transport, store_.get()}, of_day_, pods_, freshness_of(of)) {}

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
  const MetricFacts& read = metrics_.read(id, index);
  if (pace_.scale() == 1) return read;
  while (translated_.size() <= index) translated_.emplace_back();
  Translated& one = translated_[index];
  one.pods.assign(read.pods.begin(), read.pods.end());
  for (PodSample& sample : one.pods) {
    sample.taken = pace_.of_wall(sample.taken);
    sample.window = pace_.scenario(sample.window);
  }
  one.facts = {read.presence, pace_.of_wall(read.taken), read.series, one.pods};
  return one.facts;
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
