#!/usr/bin/env python3
"""The tournament: every load of this folder at the prices of each cloud, under every policy.

Usage: results.py THAW [--replications N] [--seed N]
Writes results/README.md and results/tournament.csv. Nothing in them is of this machine, so they are
the same wherever they are made.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LOADS = ["azure-code", "azure-conv", "mooncake", "servegen", "azure-functions"]
CLOUDS = {"Kapsule": "", "GKE": "-gke"}
# What an hour that somebody waits is worth, in the currency of the bill.
PRICES = [0, 0.1, 1, 10, 100]
# Every load begins with nobody there, so some of its first calls are lost under any policy. One that leaves
# more than five in a hundred unanswered serves nobody well at any price.
MOST_UNANSWERED = 0.05
# Knows what comes: a bound, not a choice.
SEERS = {"clairvoyant", "clairvoyant_replicas"}

# policy, the claim of its paper, where it is held against what, the measure and its sign: what is
# expected of measure(policy) / measure(baseline).
CARDS = [
    ("break_even", "never more than twice the optimum (Karlin et al., 1988)",
     "scenarios/keep-alive-policies", "clairvoyant", "cost", 2.0),
    ("randomised_break_even", "at most 1.58 times the optimum on average over its draws (Karlin et al., 1994)",
     "scenarios/keep-alive-policies", "clairvoyant", "cost", 1.58),
    ("multi_slope", "never more than twice the best of the same levels (Lotker et al., 2008); held here against two levels, "
     "ready and gone", "scenarios/keep-alive-policies", "break_even", "cost", 1.0),
    ("hybrid_histogram", "2.5 times fewer cold starts than ten minutes of keep-alive at the same memory (Shahrad et al., "
     "ATC 2020)", "scenarios/keep-alive-policies", "keep_alive:idle=600s", "cold", 0.4),
    ("mpc", "up to 85 % lower tail latency than ten minutes of keep-alive (Nguyen et al., 2025)",
     "bench/tournament/azure-functions.yaml", "idle_timeout:TimeoutSecondBeforeSetReplicasMin=600", "p99", 1.0),
    ("thaw", "cheaper than twenty minutes of idle timeout with no higher p95 (our own aim)",
     "bench/tournament/azure-functions.yaml", "manifest", "cost", 1.0),
]


def compare(thaw, scenario, arguments, policies=None):
    command = [thaw, "compare", str(scenario), "--replications", str(arguments.replications), "--seed",
               str(arguments.seed), "--format", "json"]
    if policies:
        command += ["--policies", ";".join(policies)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode not in (0, 1):  # 1: checks of the scenario, which are not asked here
        sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout)


def half(interval):
    return (interval["ci95"][1] - interval["ci95"][0]) / 2


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
        hours = 1000 / 3600
        return (self.cost["mean"] + price * hours * self.mean["mean"],
                half(self.cost) + price * hours * half(self.mean))


def short(label):
    """Without what every row of its name shares: the settings in full are in the CSV."""
    name, _, settings = label.partition(":")
    idle = settings.removeprefix("TimeoutSecondBeforeSetReplicasMin=")
    return f"`{name}`" if idle == settings else f"`{name}` ({int(idle) // 60} min)"


def entries_of(comparison):
    entries = [Entry(p) for p in comparison["policies"] if p["not_run"] is None]
    return [e for e in entries if e.name not in SEERS and e.serves()], \
        [e for e in entries if e.name not in SEERS and not e.serves()]


def ours_of(entries):
    return next((e for e in entries if e.name == "thaw"), None)


def best_at(entries, price):
    ranked = sorted(entries, key=lambda e: (e.at(price)[0], e.label))
    first = ranked[0].at(price)
    ties = [e for e in ranked[1:] if e.at(price)[0] - e.at(price)[1] <= first[0] + first[1]]
    return ranked, ties


def euro(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def recommendation(title, entries):
    if not entries:
        return [f"### {title}", "", "No policy answers 95 of 100 requests here.", ""]
    lines = [f"| an hour of waiting is worth | use | 1,000 requests cost, waiting included | not told apart from it | `thaw` costs |",
             "|--:|---|--:|---|--:|"]
    ours = ours_of(entries)
    for price in PRICES:
        ranked, ties = best_at(entries, price)
        best = ranked[0]
        tied = ", ".join(short(e.label) for e in ties[:3]) + (f" and {len(ties) - 3} more" if len(ties) > 3 else "")
        own = "is not among them" if ours is None else f"{ours.at(price)[0] / best.at(price)[0]:.2f} times that"
        lines.append(f"| {price} | {short(best.label)} | {euro(best.at(price)[0])} | {tied} | {own} |")
    return [f"### {title}", ""] + lines + [""]


def front(entries):
    ours = ours_of(entries)
    if ours is None:
        return "leaves too many requests unanswered here"
    if ours.raw["pareto"]:
        return "is on the front of bill and p95"
    # The comparison names who dominates whom by paired differences; the front itself is of means.
    by = [short(label) for label in ours.raw["dominated_by"]]
    if by:
        return "is not on the front: cheaper and no slower are " + ", ".join(by[:3]) + (f" and {len(by) - 3} more" if len(by) > 3 else "")
    return "is not on the front by its means, but nobody is told apart as cheaper and no slower"


def write_csv(path, results):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["load", "cloud", "policy", "settings", "currency", "cost_per_1000_requests", "ci95_low", "ci95_high",
                         "latency_mean_s", "p50_s", "p95_s", "p99_s", "cold_share", "unanswered_share", "changes_per_hour",
                         "cost_over_optimum", "pareto"])
        mean = lambda value: "" if value is None else f"{value['mean']:.6g}"
        for (load, cloud), comparison in results.items():
            for policy in comparison["policies"]:
                if policy["not_run"] is not None:
                    continue
                cost, latency = policy["cost_per_1000_requests"], policy["latency_s"]
                over = policy["cost_over_optimum"]
                writer.writerow([load, cloud, policy["name"], policy["settings"], comparison["currency"], mean(cost),
                                 *(["", ""] if cost is None else [f"{end:.6g}" for end in cost["ci95"]]),
                                 *(mean(latency[key]) for key in ("mean", "p50", "p95", "p99")),
                                 mean(policy["cold_share"]), mean(policy["unanswered_share"]),
                                 f"{policy['changes_per_hour']:.6g}",
                                 mean(over) if isinstance(over, dict) else "" if over is None else f"{over:.6g}",
                                 str(policy["pareto"]).lower()])


def measure(policy, what):
    if what == "cost":
        return policy["cost"]["mean"]
    if what == "cold":
        return policy["cold_share"]["mean"]
    return policy["latency_s"][what]["mean"]


def cards(thaw, arguments):
    words = {"cost": "bill", "cold": "share of cold starts", "p99": "p99"}
    lines = ["| policy | claim | our number | verdict | command |", "|---|---|---|---|---|"]
    for name, claim, scenario, baseline, what, most in CARDS:
        comparison = compare(thaw, scenario, arguments, [name, baseline])
        found = {p["name"]: p for p in comparison["policies"]}
        base = next(p for p in comparison["policies"] if p["label"] == baseline or p["name"] == baseline)
        ratio = measure(found[name], what) / measure(base, what)
        more = measure(found[name], "cost") / measure(base, "cost")
        verdict = "holds" if ratio <= most else "does not reproduce"
        number = f"{words[what]} {ratio:.2f} times that of {short(baseline)}"
        if what != "cost":
            number += f", at {more:.2f} times the bill"
            if verdict == "holds" and more > 1.05:
                verdict = "same sign, at a higher bill"
        lines.append(f"| `{name}` | {claim} | {number} | {verdict} | `thaw compare {scenario} --policies '{name};{baseline}' "
                     f"--replications {arguments.replications}` |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thaw")
    parser.add_argument("--replications", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    thaw = str(pathlib.Path(arguments.thaw).resolve())
    results = {}
    for load in LOADS:
        for cloud, ending in CLOUDS.items():
            print(f"{load}, {cloud}", file=sys.stderr)
            results[load, cloud] = compare(thaw, HERE / f"{load}{ending}.yaml", arguments)
    out = ["# Which policy, at which price of waiting", "",
           "Five loads fitted to published traces ([bench/tournament](../bench/tournament)), each at the prices of two clouds, under "
           "every policy that can govern them. Made by", "", "    ./dev results", "",
           f"with {arguments.replications} replications from seed {arguments.seed} on, thaw "
           f"{subprocess.run([thaw, '--version'], stdout=subprocess.PIPE, text=True).stdout.split()[-1]}. All rows: "
           "[tournament.csv](tournament.csv). How fast thaw is: [performance.md](performance.md).", "",
           "A policy's cost here is its bill for 1,000 requests plus what their waiting is worth: the mean latency of 1,000 requests, in "
           "hours, times the price in the first column, in the currency of the bill. Policies that leave more than one request in "
           "twenty unanswered are not ranked. *Not told apart*: the 95 % intervals of the two overlap.", ""]
    out += ["## In short", "", "| load | cloud | " + " | ".join(f"waiting worth {p} an hour" for p in PRICES) + " |",
            "|---|---|" + "---|" * len(PRICES)]
    for (load, cloud), comparison in results.items():
        ranked, _ = entries_of(comparison)
        best = [short(best_at(ranked, price)[0][0].label) if ranked else "-" for price in PRICES]
        out += [f"| {load} | {cloud} | " + " | ".join(best) + " |"]
    out += ["", "## Load by load", ""]
    for (load, cloud), comparison in results.items():
        ranked, left_out = entries_of(comparison)
        out += recommendation(f"{load}, {cloud} ({comparison['currency']})", ranked)
        out += [f"`thaw` {front(ranked)}."]
        if left_out:
            out += ["Not ranked, as they leave requests unanswered: " + ", ".join(
                f"{short(e.label)} ({100 * e.raw['unanswered_share']['mean']:.1f} %)" for e in left_out) + "."]
        out += [""]
    out += ["## What papers claim, and what came out", "",
            "One number each, on one load: a sign, not a verdict on the paper.", ""]
    out += cards(thaw, arguments)
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    write_csv(folder / "tournament.csv", results)
    (folder / "README.md").write_text("\n".join(out) + "\n", encoding="utf-8")
    print("written: results/README.md, results/tournament.csv", file=sys.stderr)


if __name__ == "__main__":
    main()
