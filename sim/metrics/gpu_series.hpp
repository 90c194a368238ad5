// How busy each pod's GPU is, as a store of metrics has it.
//
// The exporter on the pod's node collects the share of its last interval, or of a sample at its
// end, in which the pod had a request in service; DCGM's own sample is up to a second, so that what
// is shorter than the interval is seen or missed by chance. Where pods share a card without MIG it
// is the whole card's: every pod on it is told what any of them does. The store scrapes that, and
// answers as of its latency offset ago. When exporters and scrapes happen is chance, drawn for each
// node. A series is there from the first scrape after the pod has its GPU, Ready or not, and ends
// with the first scrape after it is gone. Sources: dcgm-exporter's default interval; Prometheus'
// staleness; VictoriaMetrics' search.latencyOffset.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class GpuSeries final : public Handler {
 public:
  struct Sample {
    TimePoint collected, scraped;
    std::int64_t share_milli = 0;  // thousandths of a per cent of the interval
    bool stale = false;            // the end of the series
  };

  GpuSeries(World& world, Pods& pods) : world_(world), pods_(pods) {}

  void record();  // from now on; without it nothing is kept
  void pod_changed(const Pod& pod);
  void busy_changed(const Pod& pod);
  void pod_leaving(PodId pod);

  // Of a pod that has a series: whether DCGM_FI_DEV_GPU_UTIL is there; on MIG it is not.
  bool has_utilisation(PodId pod) const { return series_.at(pod).has_utilisation; }
  // Calls visit(pod, function, sample) for each series that the store answers with now, by pod.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const auto& [pod, series] : series_)
      if (const Sample* sample = latest(series)) visit(pod, series.function, *sample);
  }
  // Whether the store got a sample since then.
  bool scraped_since(TimePoint t) const { return last_scrape_ && *last_scrape_ > t; }

  void fire(std::uint32_t what, std::uint64_t pod) override;

 private:
  struct Series {
    std::size_t function = 0;
    Duration exporter_phase{}, scrape_phase{};
    bool has_utilisation = true, of_card = false, busy = false, gone = false;
    TimePoint since;            // of `busy`
    Duration served{}, told{};  // in service: until `since`, until the last collection
    std::optional<Sample> published;
    std::deque<Sample> stored;
  };
  static bool is_sampled(const MetricsPath& path);
  Duration opening_of(const Series& series) const;
  bool cards_at_work(const Pod& pod) const;
  void add_up(Series& series);
  void set_busy(Series& series, bool busy);
  void open(PodId pod, Series& series);
  void collect(PodId pod, Series& series);
  void scrape(PodId pod, Series& series);
  void schedule(std::uint32_t what, PodId pod, Duration phase, Duration period);
  const Sample* latest(const Series& series) const;

  World& world_;
  Pods& pods_;
  bool recording_ = false;
  std::map<PodId, Series> series_;
  std::optional<TimePoint> last_scrape_;
};

}  // namespace thaw::sim
