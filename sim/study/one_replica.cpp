#include "sim/study/one_replica.hpp"

#include <algorithm>
#include <optional>

#include "sim/study/gap_prices.hpp"

namespace thaw::sim {
namespace {

constexpr std::int64_t kCandidates = 1000;

struct Candidate {
  std::int64_t arrival = 0, done = 0;  // the earliest begin, the latest end
  std::int64_t served = 0;             // within the books
  double worth = 0;                    // of the best choice that ends with it
  std::optional<std::size_t> before;   // in that choice
};

// The first of each thousandth of the time; all of them where they are fewer.
std::vector<Candidate> candidates_of(const OptimumQuestion& question) {
  const std::int64_t end = question.end.ns(), wait = question.wait_allowed.count();
  std::vector<Candidate> all;
  if (question.requests.empty()) return all;
  const std::int64_t begin = question.requests.front().arrival.ns();
  const bool few = static_cast<std::int64_t>(question.requests.size()) <= kCandidates;
  const std::int64_t cell = few ? 0 : (end - begin) / kCandidates;
  std::int64_t next = begin;
  for (const FutureRequest& request : question.requests) {
    const std::int64_t arrival = request.arrival.ns(), service = request.service.count();
    if (arrival + wait >= end) break;
    if (arrival < next) continue;
    if (!few) next = begin + ((arrival - begin) / cell + 1) * cell;
    all.push_back({arrival,
                   arrival + wait + service,
                   std::min<std::int64_t>(service, end - arrival - wait),
                   0,
                   {}});
  }
  return all;
}

}  // namespace

Optimum one_replica(const OptimumQuestion& question) {
  GapPrices prices(question, 1);
  std::vector<Candidate> all = candidates_of(question);
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Candidate& one = all[i];
    one.worth = question.start_cost;
    for (std::size_t j = 0; j < i; ++j) {
      if (all[j].done > one.arrival) continue;
      const double worth = all[j].worth + prices.least(one.arrival - all[j].done);
      if (worth > one.worth) one.worth = worth, one.before = j;
    }
    one.worth += question.keep_per_s * seconds(Duration{one.served});
    if (!last || one.worth > all[*last].worth) last = i;
  }
  Optimum result;
  if (!last) return result;
  for (auto at = last; at; at = all[*at].before) {
    const Candidate& one = all[*at];
    result.serving += question.keep_per_s * seconds(Duration{one.served});
    if (one.before) {
      prices.pay(one.arrival - all[*one.before].done);
    } else {
      prices.start();
    }
  }
  result.layers = 1;
  prices.add_to(result);
  result.total = result.serving + result.keeping + result.starting;
  return result;
}

}  // namespace thaw::sim
