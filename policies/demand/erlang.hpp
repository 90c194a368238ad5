// How long requests wait for one of several servers: Erlang's C formula and its inverse.
//
// `load` is arrival rate × service time, in servers. Times are in service times. Exact for Poisson
// arrivals and exponential service, first come first served; under processor sharing, "wait" is
// what sharing adds to the service, whose mean is the same. Errors: none; at or above its capacity
// everybody waits for ever.
// Source: Erlang (1917); the stable recursion is Jagerman's for Erlang B.
#pragma once

namespace thaw::erlang {

struct Queue {
  int servers = 0;
  double load = 0;
  double waits = 1;  // probability that a request waits at all

  // P(wait > t).
  double waits_longer(double t) const;
  double mean_wait() const;  // infinite where load >= servers
  // The wait that a share `miss` of the requests exceeds, 0 < miss < 1.
  double wait_at(double miss) const;
};

Queue queue(int servers, double load);

// The fewest servers, at least `least` and at most `most`, of which no more than a share `miss` of
// the requests waits for longer than t.
int least_servers(double load, double t, double miss, int least, int most);

// The number for which servers + load × weight × (mean wait) is least: `weight` is what a service
// time of waiting costs, in a server's price for that time.
int cheapest_servers(double load, double weight, int least, int most);

}  // namespace thaw::erlang
