"""Runs `thaw compare`, and ranks what comes of it by bill and waiting together."""
import json
import subprocess
import sys

# What an hour that somebody waits is worth, in the currency of the bill.
PRICES = [0, 0.1, 1, 10, 100]
# `thaw` is told that price; nothing is none, so a hundredth stands for it.
TOLD = {price: price or 0.01 for price in PRICES}
# All that there is, and `thaw` with each price. Nobody else has a setting to take it by.
POLICIES = ["default", *(f"thaw:slots={{slots}},max={{max}},wait-price={told:g}" for told in TOLD.values())]
# Every load begins with nobody there, so some of its first calls are lost under any policy. One that leaves
# more than five in a hundred unanswered serves nobody well at any price.
MOST_UNANSWERED = 0.05
# Knows what comes: a bound, not a choice.
SEERS = {"clairvoyant", "clairvoyant_replicas"}
HOURS_OF_A_THOUSAND = 1000 / 3600  # of a second each


def compare(thaw, scenario, root, replications, seed, policies=None):
    command = [thaw, "compare", str(scenario), "--replications", str(replications), "--seed", str(seed), "--format", "json",
               "--policies", ";".join(policies or POLICIES)]
    run = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1):  # 1: checks of the scenario, which are not asked here
        sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout)


def half(interval):
    return (interval["ci95"][1] - interval["ci95"][0]) / 2


def price_told(label):
    """What the `thaw` of this label takes an hour of waiting for; None of every other policy."""
    setting = label.partition("wait-price=")[2].partition(",")[0]
    return float(setting) if setting else None


def stands_at(label, price):
    """Whether this policy is one to choose where an hour of waiting is worth that."""
    told = price_told(label)
    return told is None or told == TOLD[price]


class Entry:
    """One policy under one load at one cloud's prices."""

    def __init__(self, policy):
        self.label = policy["label"]
        self.name = policy["name"]
        self.raw = policy
        self.cost = policy["cost_per_1000_requests"]
        self.mean = policy["latency_s"]["mean"]

    def serves(self):
        return self.cost is not None and self.mean is not None and \
            self.raw["unanswered_share"]["mean"] <= MOST_UNANSWERED

    def at(self, price):
        """Bill and waiting of 1,000 requests together: mean and half an interval."""
        return (self.cost["mean"] + price * HOURS_OF_A_THOUSAND * self.mean["mean"],
                half(self.cost) + price * HOURS_OF_A_THOUSAND * half(self.mean))


def short(label):
    """Without what every row of its name shares: the settings in full are in the CSV."""
    name, _, settings = label.partition(":")
    if price_told(label) is not None:
        return f"`{name}` (waiting {price_told(label):g})"
    idle = settings.removeprefix("TimeoutSecondBeforeSetReplicasMin=")
    return f"`{name}`" if idle == settings else f"`{name}` ({int(idle) // 60} min)"


def listed(labels, most=3):
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(short(label) for label in labels[:most]) + more


def entries_of(comparison):
    entries = [Entry(p) for p in comparison["policies"] if p["not_run"] is None]
    return [e for e in entries if e.name not in SEERS and e.serves()], \
        [e for e in entries if e.name not in SEERS and not e.serves()]


def best_at(entries, price):
    """All that stand at that price by what they cost, and those that the first is not told apart from."""
    ranked = sorted((e for e in entries if stands_at(e.label, price)), key=lambda e: (e.at(price)[0], e.label))
    first = ranked[0].at(price)
    ties = [e for e in ranked[1:] if e.at(price)[0] - e.at(price)[1] <= first[0] + first[1]]
    return ranked, ties
