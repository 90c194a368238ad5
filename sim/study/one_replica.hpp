// What a sequence of requests costs at least because some of them are too far apart to be served
// together: a second lower bound where requests may wait, sim/study/optimum.hpp.
//
// Of chosen requests j, i that follow each other with a_i >= a_j + D + s_j, i begins at the
// earliest u = a_i - (a_j + D + s_j) after j is done. Between the two there is a replica
// throughout, at c u, or none at some instant, and then one is started again: min(c u, K), with
// levels in between the least of their lines. All that is chosen is served by one replica at least,
// and the first has a start. Whatever else is served costs no less than nothing, so this holds for
// any choice; here it is the best one, found by dynamic programming, of at most 1,000 requests
// evenly spread in time.
#pragma once

#include "sim/study/optimum.hpp"

namespace thaw::sim {

Optimum one_replica(const OptimumQuestion& question);

}  // namespace thaw::sim
