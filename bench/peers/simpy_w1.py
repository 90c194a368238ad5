"""W1 written for SimPy (https://simpy.readthedocs.io): a process for each request and each instance.

Usage: simpy_w1.py SECONDS [SEED]. Prints one line of JSON.
"""

import bisect
import json
import random
import sys

import simpy

RATE, WARM, COLD, KEEP_ALIVE, LIMIT = 0.9, 1.991, 2.244, 600.0, 1000


class Instance:
    def __init__(self, env, number):
        self.number = number
        self.created = env.now
        self.idle_since = None  # None: busy

    def __lt__(self, other):
        return self.number < other.number


class Pool:
    """The instances of one function; the idle ones lie in the order of their creation."""

    def __init__(self, env):
        self.env = env
        self.idle = []
        self.alive = set()
        self.requests = self.cold = self.rejected = 0
        self.lived = 0.0

    def arrivals(self):
        while True:
            yield self.env.timeout(random.expovariate(RATE))
            self.requests += 1
            self.env.process(self.request())

    def request(self):
        if self.idle:
            instance, mean = self.idle.pop(), WARM
            instance.idle_since = None
        elif len(self.alive) < LIMIT:
            self.cold += 1
            instance, mean = Instance(self.env, self.cold), COLD
            self.alive.add(instance)
            self.env.process(self.life(instance))
        else:
            self.rejected += 1
            return
        yield self.env.timeout(random.expovariate(1 / mean))
        instance.idle_since = self.env.now
        bisect.insort(self.idle, instance)

    def life(self, instance):
        wait = KEEP_ALIVE
        while True:
            yield self.env.timeout(wait)
            if instance.idle_since is None:
                wait = KEEP_ALIVE  # busy: it cannot be over sooner
            elif instance.idle_since + KEEP_ALIVE > self.env.now:
                wait = instance.idle_since + KEEP_ALIVE - self.env.now
            else:
                self.idle.remove(instance)
                self.alive.remove(instance)
                self.lived += self.env.now - instance.created
                return


def main():
    seconds = float(sys.argv[1])
    random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    env = simpy.Environment()
    pool = Pool(env)
    env.process(pool.arrivals())
    env.run(until=seconds)
    lived = pool.lived + sum(seconds - instance.created for instance in pool.alive)
    result = {
        "requests": pool.requests,
        "cold_ratio": pool.cold / pool.requests,
        "instances_mean": lived / seconds,
    }
    print(json.dumps(result))


main()
