// What the functions' policies ask of metrics, asked for them: each question once per period, not
// once per decision, and equal questions of several functions once for all.
//
// read() never waits: it hands out what was answered last, with its own age and presence. Absent is
// what was not asked yet, what nobody serves, and what is older than `Freshness` allows; an API
// that is down is an error from the next question on, and never zero.
// Errors: none thrown. Threads: those of the executor, all calls too.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "drivers/kubernetes/transport.hpp"
#include "drivers/metrics/kubernetes_paths.hpp"
#include "drivers/metrics/prometheus.hpp"
#include "engine/ports.hpp"

namespace thaw::metrics {

// Which pod of the world a name in an answer means. Empty: none that is known; its samples are then
// left out.
class PodIds {
 public:
  virtual ~PodIds() = default;
  virtual std::optional<std::uint64_t> id_of(std::string_view ns, std::string_view pod) const = 0;
};

// How old a sample may be: twice what it takes from the GPU into the store.
struct Freshness {
  Duration scrape = 15s;      // of the store
  Duration collection = 30s;  // of the exporter; dcgm-exporter's own is 30 s
  Duration limit() const { return 2 * (scrape + collection); }
};

class Metrics {
 public:
  // Whom to ask; what is nullptr is absent. They outlive all that was asked of them, which ends
  // with stop() and their close().
  struct Apis {
    kubernetes::Transport* cluster = nullptr;
    Prometheus* store = nullptr;
  };
  // What one function's policy wants.
  struct Asked {
    FunctionId function = 0;
    PodsOf pods;
    std::vector<MetricRef> metrics;  // as Wants::metrics
    Duration period = 15s;           // the autoscaler's own sync period
  };

  // `clock` and `pods` outlive it.
  Metrics(boost::asio::any_io_executor executor, Apis apis, const Clock& clock, const PodIds& pods,
          Freshness freshness = {});
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();  // stops

  // In place of all that was asked before; what is asked again keeps its facts.
  void ask(std::vector<Asked> all);
  void stop();

  // In the order in which they were asked; live until the next call for the same function, or
  // until the executor runs.
  std::span<const MetricFacts> read(FunctionId function);
  const MetricFacts& read(FunctionId function, std::size_t index);

  // Why there is no number, for people; empty where there is one.
  std::string_view trouble(FunctionId function, std::size_t index) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::metrics
