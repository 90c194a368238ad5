#include "sim/metrics/gpu_series.hpp"

#include <algorithm>

#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

enum : std::uint32_t { kCollect, kScrapeExporter, kForget, kOpen };

bool has_gpu(const Workload& workload) {
  const auto& asked = workload.requests.extended;
  return std::any_of(asked.begin(), asked.end(), [](const auto& resource) {
    return resource.first.starts_with("nvidia.com/") && resource.second > 0;
  });
}

Duration phase_of(const World& world, const char* purpose, NodeId node, Duration period) {
  Random random = world.random(purpose, node);
  return Duration{
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(period.count())))};
}

}  // namespace

void GpuSeries::record() {
  if (recording_) return;
  recording_ = true;
  for (const auto& [id, pod] : pods_.all()) pod_changed(pod);
}

void GpuSeries::pod_changed(const Pod& pod) {
  if (!recording_ || !pod.node || !pod.exists() || series_.contains(pod.id)) return;
  if (!has_gpu(pods_.workload(pod))) return;
  const MetricsPath& path = world_.scenario.metrics;
  Series& series = series_[pod.id];
  series.function = pod.function;
  const SharingMode& mode = sharing_mode(pods_.pool(pod).gpu_sharing.mode);
  series.has_utilisation = mode.has_utilisation;
  series.of_card = mode.tells_the_card && pods_.node_of(pod)->cards != nullptr;
  series.exporter_phase = phase_of(world_, "exporter phase", *pod.node, path.collection);
  series.scrape_phase = phase_of(world_, "scrape phase", *pod.node, path.scrape);
  series.since = world_.now();
  series.busy = series.of_card ? cards_at_work(pod) : pod.in_service > 0;
  schedule(kCollect, pod.id, series.exporter_phase, path.collection);
  if (is_sampled(path)) schedule(kOpen, pod.id, opening_of(series), path.collection);
  schedule(kScrapeExporter, pod.id, series.scrape_phase, path.scrape);
}

void GpuSeries::busy_changed(const Pod& pod) {
  const auto found = series_.find(pod.id);
  if (found == series_.end()) return;
  if (!found->second.of_card) return set_busy(found->second, pod.in_service > 0);
  for (const PodId id : pods_.node_of(pod)->pods) {
    const auto beside = series_.find(id);
    if (beside != series_.end()) set_busy(beside->second, cards_at_work(pods_.get(id)));
  }
}

void GpuSeries::set_busy(Series& series, bool busy) {
  add_up(series);
  series.busy = busy;
}

// Whether anybody is at work on a card of the pod's.
bool GpuSeries::cards_at_work(const Pod& pod) const {
  const Node& node = *pods_.node_of(pod);
  const Cards::Share* const mine = node.cards->share_of(pod.id);
  if (!mine) return pod.in_service > 0;
  return std::any_of(node.pods.begin(), node.pods.end(), [&](PodId id) {
    if (pods_.get(id).in_service == 0) return false;
    const Cards::Share* const theirs = node.cards->share_of(id);
    return theirs && std::any_of(mine->cards.begin(), mine->cards.end(),
                                 [&](std::size_t card) { return theirs->on(card); });
  });
}

bool GpuSeries::is_sampled(const MetricsPath& path) {
  return path.sample && *path.sample < path.collection;
}

// A sample opens so long before it is collected.
Duration GpuSeries::opening_of(const Series& series) const {
  const MetricsPath& path = world_.scenario.metrics;
  const Duration opening = series.exporter_phase - *path.sample;
  return opening < Duration{0} ? opening + path.collection : opening;
}

void GpuSeries::pod_leaving(PodId pod) {
  const auto found = series_.find(pod);
  if (found != series_.end()) found->second.gone = true;
}

void GpuSeries::add_up(Series& series) {
  if (series.busy) series.served += world_.now() - series.since;
  series.since = world_.now();
}

void GpuSeries::schedule(std::uint32_t what, PodId pod, Duration phase, Duration period) {
  const Duration since = world_.now() - world_.scenario.start - phase;
  const std::int64_t passed = since < Duration{0} ? -1 : since / period;
  world_.events.at(world_.scenario.start + phase + (passed + 1) * period, *this, what, pod);
}

void GpuSeries::fire(std::uint32_t what, std::uint64_t pod) {
  const auto found = series_.find(pod);
  if (found == series_.end()) return;
  if (what == kCollect) return collect(pod, found->second);
  if (what == kScrapeExporter) return scrape(pod, found->second);
  if (what == kOpen) return open(pod, found->second);
  series_.erase(found);
}

void GpuSeries::open(PodId pod, Series& series) {
  if (series.gone) return;
  add_up(series);
  series.told = series.served;
  schedule(kOpen, pod, opening_of(series), world_.scenario.metrics.collection);
}

void GpuSeries::collect(PodId pod, Series& series) {
  if (series.gone) return;
  const MetricsPath& path = world_.scenario.metrics;
  const Duration period = is_sampled(path) ? *path.sample : path.collection;
  add_up(series);
  // Per cent in thousandths: 100'000 of a whole interval, which is counted in nanoseconds.
  const std::int64_t share = (series.served - series.told).count() * 1000 / (period.count() / 100);
  if (!is_sampled(path)) series.told = series.served;
  series.published = Sample{world_.now(), {}, share, false};
  schedule(kCollect, pod, series.exporter_phase, path.collection);
}

void GpuSeries::scrape(PodId pod, Series& series) {
  const MetricsPath& path = world_.scenario.metrics;
  const TimePoint now = world_.now();
  while (series.stored.size() > 1 && series.stored[1].scraped <= now - path.latency_offset)
    series.stored.pop_front();
  if (series.gone) {
    series.stored.push_back({now, now, 0, true});
    world_.events.after(path.latency_offset, *this, kForget, pod);
    return;
  }
  if (series.published) {
    series.published->scraped = now;
    series.stored.push_back(*series.published);
    last_scrape_ = now;
  }
  schedule(kScrapeExporter, pod, series.scrape_phase, path.scrape);
}

const GpuSeries::Sample* GpuSeries::latest(const Series& series) const {
  const TimePoint as_of = world_.now() - world_.scenario.metrics.latency_offset;
  const auto after = std::find_if(series.stored.begin(), series.stored.end(),
                                  [&](const Sample& sample) { return sample.scraped > as_of; });
  if (after == series.stored.begin()) return nullptr;
  const Sample& sample = *std::prev(after);
  return sample.stale ? nullptr : &sample;
}

}  // namespace thaw::sim
