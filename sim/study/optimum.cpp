#include "sim/study/optimum.hpp"

#include <algorithm>

#include "engine/invariant.hpp"
#include "engine/wide.hpp"

namespace thaw::sim {
namespace {

// What can be done with a layer in a gap.
struct Line {
  double keep_per_s, start_cost;
  Wide ns = 0;  // of the gaps for which this is the best
  std::int64_t gaps = 0;
};

class Layers {
 public:
  Layers(const OptimumQuestion& question) {
    lines_.push_back({question.keep_per_s, 0});
    for (const auto& half : question.halfway) lines_.push_back({half.keep_per_s, half.start_cost});
    lines_.push_back({0, question.start_cost});
  }

  void may_begin(std::int64_t t, bool has_to) {
    if (may_ == layers_.size()) layers_.emplace_back();
    Layer& layer = layers_[may_++];
    if (layer.seen) layer.unused += t - layer.may_ended;
    if (has_to) need(layers_.front());
  }
  void may_end(std::int64_t t) {
    Layer& layer = layers_[--may_];
    layer.may_ended = t;
    if (layer.needed) layer.unused = 0;
    layer.needed = false;
  }
  void must_begin() { need(layers_[must_++]); }
  void must_end() { --must_; }

  void add_to(Optimum& result) const {
    for (const Line& line : lines_) {
      result.keeping += line.keep_per_s * (static_cast<double>(line.ns) / 1e9);
      result.starting += line.start_cost * static_cast<double>(line.gaps);
    }
    result.starts = lines_.back().gaps;
    result.layers = std::count_if(layers_.begin(), layers_.end(),
                                  [](const Layer& layer) { return layer.seen; });
  }

 private:
  struct Layer {
    bool seen = false;    // there was a needed interval
    bool needed = false;  // the present interval is needed
    std::int64_t may_ended = 0;
    std::int64_t unused = 0;  // since the last needed interval
  };

  void need(Layer& layer) {
    if (layer.needed) return;
    layer.needed = true;
    if (!layer.seen) {
      layer.seen = true;
      ++lines_.back().gaps;
      return;
    }
    if (layer.unused > 0) pay(layer.unused);
  }

  void pay(std::int64_t gap) {
    const double length_s = seconds(Duration{gap});
    const auto cost = [&](const Line& line) {
      return line.keep_per_s * length_s + line.start_cost;
    };
    Line* best = &lines_.front();
    for (Line& line : lines_)
      if (cost(line) < cost(*best)) best = &line;
    best->ns += gap;
    ++best->gaps;
  }

  std::vector<Line> lines_;
  std::vector<Layer> layers_;
  std::size_t may_ = 0, must_ = 0;
};

constexpr std::int64_t kNever = TimePoint::never().ns();

std::int64_t at(const std::vector<std::int64_t>& times, std::size_t i) {
  return i < times.size() ? times[i] : kNever;
}

}  // namespace

Optimum optimum(const OptimumQuestion& question) {
  const std::int64_t end = question.end.ns(), wait = question.wait_allowed.count();
  std::vector<std::int64_t> arrivals, ends, must_begins, must_ends;
  Wide served = 0;
  for (const FutureRequest& request : question.requests) {
    const std::int64_t arrival = request.arrival.ns(), service = request.service.count();
    THAW_CHECK(arrivals.empty() || arrival >= arrivals.back(), "requests are sorted by arrival");
    THAW_CHECK(service >= 0, "a service takes no less than no time");
    if (arrival >= end) break;
    arrivals.push_back(arrival);
    ends.push_back(std::min(arrival + service + wait, end));
    served += std::clamp<std::int64_t>(end - arrival - wait, 0, service);
    if (service <= wait || arrival + wait >= end) continue;
    must_begins.push_back(arrival + wait);
    must_ends.push_back(std::min(arrival + service, end));
  }
  std::sort(ends.begin(), ends.end());
  std::sort(must_ends.begin(), must_ends.end());

  // Of what happens at one instant musts end first and mays last, so that a replica that passes
  // from one request to the next is no other replica.
  Layers layers(question);
  std::size_t a = 0, e = 0, mb = 0, me = 0;
  while (e < ends.size()) {
    const std::int64_t t =
        std::min({at(arrivals, a), ends[e], at(must_begins, mb), at(must_ends, me)});
    for (; at(must_ends, me) == t; ++me) layers.must_end();
    for (; at(arrivals, a) == t; ++a) layers.may_begin(t, t + wait < end);
    for (; at(must_begins, mb) == t; ++mb) layers.must_begin();
    for (; e < ends.size() && ends[e] == t; ++e) layers.may_end(t);
  }

  Optimum result;
  result.wait_allowed = question.wait_allowed;
  result.nodes_shared = question.nodes_shared;
  result.serving = question.keep_per_s * (static_cast<double>(served) / 1e9);
  layers.add_to(result);
  result.total = result.serving + result.keeping + result.starting;
  return result;
}

double least_share_per_s(std::span<const NodeShare> kinds) {
  double least = 0;
  for (const NodeShare& kind : kinds) {
    const double share = kind.node_per_s * (kind.asked / kind.offered);
    if (&kind == kinds.data() || share < least) least = share;
  }
  return least;
}

std::optional<Distance> distance(const Paid& paid, const Optimum& optimum) {
  if (paid.longest_wait > optimum.wait_allowed || paid.not_served > 0) return {};
  if (!(optimum.total > 0)) return {};
  return Distance{paid.total() / optimum.total, paid.serving - optimum.serving,
                  paid.keeping - optimum.keeping, paid.starting - optimum.starting, paid.unused};
}

}  // namespace thaw::sim
