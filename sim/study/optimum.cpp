#include "sim/study/optimum.hpp"

#include <algorithm>
#include <utility>

#include "engine/invariant.hpp"
#include "engine/wide.hpp"
#include "sim/study/gap_prices.hpp"
#include "sim/study/one_replica.hpp"

namespace thaw::sim {
namespace {

// A needed time of each layer after the other, and what the gaps between them cost.
class Layers {
 public:
  explicit Layers(GapPrices prices) : prices_(std::move(prices)) {}

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
  std::size_t must() const { return must_; }

  void add_to(Optimum& result) const {
    prices_.add_to(result);
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
      prices_.start();
    } else if (layer.unused > 0) {
      prices_.pay(layer.unused);
    }
  }

  GapPrices prices_;
  std::vector<Layer> layers_;
  std::size_t may_ = 0, must_ = 0;
};

// So many at once are a layer.
class Groups {
 public:
  explicit Groups(int of) : of_(of) {}
  bool one_more() { return count_++ % of_ == 0; }
  bool one_less() { return --count_ % of_ == 0; }

 private:
  int of_;
  std::int64_t count_ = 0;
};

constexpr std::int64_t kNever = TimePoint::never().ns();

std::int64_t at(const std::vector<std::int64_t>& times, std::size_t i) {
  return i < times.size() ? times[i] : kNever;
}

// When requests may and must be in service; each list is sorted.
struct Times {
  std::vector<std::int64_t> may_begin, may_end, must_begin, must_end;

  void sort() {
    for (auto* times : {&may_end, &must_end}) std::sort(times->begin(), times->end());
  }
};

// Of what happens at one instant musts end first and mays last, so that a replica that passes from
// one request to the next is no other replica. Returns how long layers were needed, added up.
Wide sweep(const OptimumQuestion& question, const Times& times, int slots, Layers& layers) {
  const std::int64_t end = question.end.ns(), wait = question.wait_allowed.count();
  Groups may(slots), must(slots);
  Wide needed = 0;
  std::int64_t before = 0;
  std::size_t a = 0, e = 0, mb = 0, me = 0;
  while (e < times.may_end.size()) {
    const std::int64_t t = std::min({at(times.may_begin, a), times.may_end[e],
                                     at(times.must_begin, mb), at(times.must_end, me)});
    needed += static_cast<Wide>(layers.must()) * (t - before);
    before = t;
    for (; at(times.must_end, me) == t; ++me)
      if (must.one_less()) layers.must_end();
    for (; at(times.may_begin, a) == t; ++a)
      if (may.one_more()) layers.may_begin(t, t + wait < end);
    for (; at(times.must_begin, mb) == t; ++mb)
      if (must.one_more()) layers.must_begin();
    for (; e < times.may_end.size() && times.may_end[e] == t; ++e)
      if (may.one_less()) layers.may_end(t);
  }
  return needed;
}

void add_up(const Layers& layers, Optimum& result) {
  layers.add_to(result);
  result.total = result.serving + result.keeping + result.starting;
}

// A replica of k slots as k replicas at a k-th of the price.
Optimum slot_by_slot(const OptimumQuestion& question) {
  const std::int64_t end = question.end.ns(), wait = question.wait_allowed.count();
  Times times;
  Wide served = 0;
  for (const FutureRequest& request : question.requests) {
    const std::int64_t arrival = request.arrival.ns(), service = request.service.count();
    if (arrival >= end) break;
    times.may_begin.push_back(arrival);
    times.may_end.push_back(std::min(arrival + service + wait, end));
    served += std::clamp<std::int64_t>(end - arrival - wait, 0, service);
    if (service <= wait || arrival + wait >= end) continue;
    times.must_begin.push_back(arrival + wait);
    times.must_end.push_back(std::min(arrival + service, end));
  }
  times.sort();
  const double share = 1.0 / question.slots;
  Layers layers(GapPrices(question, share));
  sweep(question, times, 1, layers);
  Optimum result;
  result.serving = question.keep_per_s * share * (static_cast<double>(served) / 1e9);
  add_up(layers, result);
  return result;
}

// Whole replicas, of the times alone in which requests must be in service.
Optimum whole_replicas(const OptimumQuestion& question) {
  const std::int64_t end = question.end.ns(), wait = question.wait_allowed.count();
  Times times;
  for (const FutureRequest& request : question.requests) {
    const std::int64_t begin = request.arrival.ns() + wait;
    const std::int64_t ends = std::min(request.arrival.ns() + request.service.count(), end);
    if (begin >= end) break;
    if (ends < begin || (ends == begin && wait > 0)) continue;
    times.may_begin.push_back(begin);
    times.may_end.push_back(ends);
    if (ends == begin) continue;  // there for an instant
    times.must_begin.push_back(begin);
    times.must_end.push_back(ends);
  }
  times.sort();
  Layers layers(GapPrices(question, 1));
  const Wide needed = sweep(question, times, question.slots, layers);
  Optimum result;
  result.serving = question.keep_per_s * (static_cast<double>(needed) / 1e9);
  add_up(layers, result);
  return result;
}

}  // namespace

Optimum optimum(const OptimumQuestion& question) {
  THAW_CHECK(std::is_sorted(question.requests.begin(), question.requests.end(),
                            [](const auto& a, const auto& b) { return a.arrival < b.arrival; }),
             "requests are sorted by arrival");
  THAW_CHECK(std::all_of(question.requests.begin(), question.requests.end(),
                         [](const auto& r) { return r.service >= Duration{0}; }),
             "a service takes no less than no time");
  Optimum best = slot_by_slot(question);
  const auto consider = [&](const Optimum& other) {
    if (other.total > best.total) best = other;
  };
  if (question.slots > 1) consider(whole_replicas(question));
  if (question.wait_allowed > Duration{0}) consider(one_replica(question));
  best.wait_allowed = question.wait_allowed;
  best.nodes_shared = question.nodes_shared;
  best.slots = question.slots;
  return best;
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
