// The least that anybody could pay for a sequence of requests who knew it in advance.
//
// A replica serves `slots` requests at a time, one unless said, and costs `keep_per_s` from when it
// can serve until it goes, at work or idle; a start costs `start_cost`. Request i, of service s and
// come at a, begins within [a, a + D], D being `wait_allowed`. The books close at `end`: what lies
// behind it costs nothing. Below, c is keep_per_s, K start_cost, n(t) the replicas at t.
//
// D = 0, one slot: exact. n(t) is enough if and only if it is at least the requests in service,
// d(t). Cost is a sum over layers: layer k has to be there while d >= k; each gap g between two
// such times is kept for c g or started again for K. Always to use the replica that became idle
// last makes just these gaps. With s slots n >= d / s, so layer k has to be there while
// d > (k - 1) s, and the same sum is a lower bound: requests that began in different replicas
// cannot come together in one.
//
// D > 0: a lower bound. Request i is in service throughout its must [a + D, a + s), which is empty
// if s <= D, and outside of its may [a, a + D + s) it is not. With m and y the numbers of musts and
// mays at t, a schedule's busy replicas b(t) are within m <= b <= y, so at least (n - y)+ are idle.
// Of its cost c(b + idle) + K starts, c b adds up to c times the services at least (the part of
// each that lies before `end` even if it begins as late as it may). What remains is a sum over
// layers again: layer k = {n >= k} pays c where y < k, and K each time that it appears. The times
// of y >= k are intervals. One is needed if m reaches k within, or, for k = 1, if a request has to
// begin within: then layer k is there at some instant of it. Between two such instants of needed
// intervals that follow each other layer k has either stayed, and paid c for the time u in which
// y < k, or appeared again: min(c u, K) at least, and K for the first. With D = 0 this is the sum
// above. Waits may be spent more cleverly than this assumes, so the bound need not be met.
//
// With D > 0 the best of three lower bounds is taken: the one above, of a replica with s slots as s
// replicas at an s-th of the price; whole replicas while musts need them (m in the place of d, as
// for D = 0); and requests too far apart to be served together, sim/study/one_replica.hpp.
//
// Levels between ready and gone (`halfway`): a gap u costs the least of its lines, f(u). f is
// concave with f(0) = 0 and ends level, so it is a mixture of functions min(u, θ) with weights
// above 0, and what was said holds for each of them alone.
//
// Nodes (`nodes_shared`): where replicas share nodes, keep_per_s is a node's price times the share
// of one of its resources that a replica asks for. All shares of a node together are at most its
// price, so that this is a lower bound too; rounding up to billing units, nodes that are not full
// and the time it takes to get one are left out.
//
// Units: money in the scenario's currency, as the prices are. Errors: requests that are not sorted
// by arrival, prices below 0 and services below 0 are a bug of the caller.
// Source: ski rental (Karlin et al., "Competitive snoopy caching", Algorithmica 3, 1988), with the
// layers of Lu, Chen and Andrew, "Simple and effective dynamic provisioning for power-proportional
// data centers", TPDS 24 (2013).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/policy.hpp"

namespace thaw::sim {

struct OptimumQuestion {
  // Neither ready nor gone: kept for less, started for less.
  struct Halfway {
    double keep_per_s = 0, start_cost = 0;
  };
  std::vector<FutureRequest> requests = {};  // by arrival; those from `end` on do not count
  double keep_per_s = 0;                     // of one ready replica
  double start_cost = 0;                     // of one start from nothing
  int slots = 1;                             // requests at once in a replica
  std::vector<Halfway> halfway = {};
  Duration wait_allowed{0};
  TimePoint end = {};
  bool nodes_shared = false;  // keep_per_s is a share of a node's price
};

struct Optimum {
  Duration wait_allowed{0};   // of each request: the bound of a policy whose requests wait longer
                              // is another one
  bool nodes_shared = false;  // as in the question
  int slots = 1;              // as in the question
  double total = 0, serving = 0, keeping = 0, starting = 0;
  std::int64_t starts = 0;  // from nothing
  std::int64_t layers = 0;  // replicas at once at most, as far as the bound knows

  bool exact() const { return wait_allowed == Duration{0} && !nodes_shared && slots == 1; }
};

Optimum optimum(const OptimumQuestion& question);

// What the replicas of a function that all share nodes of these kinds cost a second at least.
struct NodeShare {
  double node_per_s = 0;
  double asked = 0, offered = 0;  // of one resource, the same for all that share the nodes; above 0
};
double least_share_per_s(std::span<const NodeShare> kinds);

// What a policy paid, by the same kinds.
struct Paid {
  double serving = 0, keeping = 0, starting = 0;
  double unused = 0;            // for nodes, or parts of nodes, that held no replica
  Duration longest_wait{0};     // from arrival to begin, of any request
  std::int64_t not_served = 0;  // rejected, timed out, failed

  double total() const { return serving + keeping + starting + unused; }
};

// Where its distance to the optimum comes from; adds up to the distance. Below 0: it paid less for
// that than the optimum does, and more elsewhere.
struct Distance {
  double ratio = 1;
  double served_longer = 0, kept_longer = 0, started_more = 0, nodes_unused = 0;
};

// Nothing if the two are not of one promise: a request waited longer than the bound allows, or was
// not served; or if the optimum is free.
std::optional<Distance> distance(const Paid& paid, const Optimum& optimum);

}  // namespace thaw::sim
