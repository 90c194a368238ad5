// Pipelines: a request that passes functions one after another, each by a call of its own through
// that function's front door.
//
// Before each stage's call passes the hop's constant time. Before the cached stage the cache is
// looked up: a hit leaves the stage out, a miss reads the store and goes on. Hits are drawn from a
// stream of their own, and service times from another, so that neither shifts another's luck. A
// stage that is not completed ends the request with that stage's answer. A stage does not hold its
// place while later ones work. Units: simulated time. Errors: none; names are the loader's to
// check.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/random.hpp"
#include "engine/workload/door.hpp"
#include "engine/workload/play.hpp"
#include "engine/workload/requests.hpp"

namespace thaw::workload {

class PipelineListener {
 public:
  virtual ~PipelineListener() = default;
  virtual void stage_called(RequestId id) = 0;
  // The request is still open; nobody else will close it.
  virtual void stage_answered(RequestId id, const Answer& answer) = 0;
  virtual void pipeline_answered(RequestId id, const Answer& answer) = 0;
};

class Pipelines final : public Handler {
 public:
  Pipelines(Play& play, Requests& requests, Door& door, PipelineListener& listener);

  struct CacheUse {
    std::int64_t hits = 0, misses = 0;
  };

  // `id` is the request as its caller sees it, `entry` how its first stage is reached.
  void begin(RequestId id, std::size_t pipeline, const Route& entry);
  bool is_stage(RequestId id) const { return requests_.get(id).whole != kNoRequest; }
  void answered(RequestId stage, const Answer& answer);
  const CacheUse& cache_use(std::size_t pipeline) const { return lines_[pipeline].use; }

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  struct Line {
    std::vector<std::size_t> stages;    // functions
    std::optional<std::size_t> cached;  // which stage, if any
    Random hits, work;
    CacheUse use;
  };
  struct Passage {
    std::size_t pipeline = 0, stage = 0;
    Route entry;
  };
  void reach(RequestId id);  // its stage, or the end
  void call(RequestId id);
  const Pipeline& spec(const Passage& passage) const {
    return play_.scenario.pipelines[passage.pipeline];
  }

  Play& play_;
  Requests& requests_;
  Door& door_;
  PipelineListener& listener_;
  std::vector<Line> lines_;        // by pipeline
  std::vector<Passage> passages_;  // by request
};

}  // namespace thaw::workload
