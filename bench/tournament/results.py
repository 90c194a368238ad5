#!/usr/bin/env python3
"""The tournament: every load of this folder at the prices of each cloud, under every policy.

Usage: results.py THAW [--replications N] [--seed N] [--traces FOLDER]
Writes results/README.md and results/tournament.csv, and with the public traces in FOLDER results/traces.md and
traces.csv: what of it holds for them (traces.py says how they lie there). Nothing in them is of this machine, so they are
the same wherever they are made.
"""
import argparse
import csv
import pathlib
import subprocess
import sys

import traces
from ranking import PRICES, TOLD, best_at, compare, entries_of, listed, price_told, short

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LOADS = ["azure-code", "azure-conv", "mooncake", "servegen", "azure-functions"]
CLOUDS = {"Kapsule": "", "GKE": "-gke"}

# policy, the claim of its paper, where it is held against what, and the measures with the most that
# measure(policy) / measure(baseline) is expected to be.
CARDS = [
    ("break_even", "never more than twice the optimum (Karlin et al., 1988)",
     "scenarios/keep-alive-policies", "clairvoyant", {"cost": 2.0}),
    ("randomised_break_even", "at most 1.58 times the optimum on average over its draws (Karlin et al., 1994)",
     "scenarios/keep-alive-policies", "clairvoyant", {"cost": 1.58}),
    ("multi_slope", "never more than twice the best of the same levels (Lotker et al., 2008); held here against two levels, "
     "ready and gone", "scenarios/keep-alive-policies", "break_even", {"cost": 1.0}),
    ("hybrid_histogram", "2.5 times fewer cold starts than ten minutes of keep-alive at the same memory (Shahrad et al., "
     "ATC 2020)", "scenarios/keep-alive-policies", "keep_alive:idle=600s", {"cold": 0.4}),
    ("mpc", "up to 85 % lower tail latency than ten minutes of keep-alive (Nguyen et al., 2025)",
     "bench/tournament/azure-functions.yaml", "idle_timeout:TimeoutSecondBeforeSetReplicasMin=600", {"p99": 1.0}),
    ("thaw:slots=4,max=10,wait-price=1", "cheaper than twenty minutes of idle timeout with no higher p95 (our own aim)",
     "bench/tournament/azure-functions.yaml", "manifest", {"cost": 1.0, "p95": 1.0}),
]


def money(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def recommendation(title, entries):
    if not entries:
        return [f"### {title}", "", "No policy answers 95 of 100 requests here.", ""]
    lines = ["| an hour of waiting is worth | use | 1,000 requests cost, waiting included | not told apart from it | "
             "`thaw`, told that price, costs | `thaw` by its promise |", "|--:|---|--:|---|--:|--:|"]
    for price in PRICES:
        ranked, ties = best_at(entries, price)
        best = ranked[0]

        def times(told):
            own = next((e for e in ranked if e.name == "thaw" and price_told(e.label) == told), None)
            return "is not among them" if own is None else f"{own.at(price)[0] / best.at(price)[0]:.2f} times that"
        lines.append(f"| {price} | {short(best.label)} | {money(best.at(price)[0])} | {listed([e.label for e in ties])} | "
                     f"{times(TOLD[price])} | {times(None)} |")
    return [f"### {title}", ""] + lines + [""]


def front(entries):
    """Who is on the front of bill and p95; of a `thaw` that never is, who beats it."""
    standing = [e for e in entries if e.raw["pareto"]]
    words = "On the front of bill and p95: " + ", ".join(short(e.label) for e in standing) + "."
    ours = [e for e in entries if e.name == "thaw"]
    if any(e in standing for e in ours):
        return words
    beaten = [f"{short(e.label)} by {listed(e.raw['dominated_by'])}" for e in ours if e.raw["dominated_by"]]
    return words + (" No `thaw` is; cheaper and no slower: " + "; ".join(beaten) + "." if beaten else
                    " No `thaw` is by its means, but nobody is told apart as cheaper and no slower.")


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
                                 f"{policy['changes_per_hour']:.6g}", "" if over is None else f"{over:.6g}",
                                 str(policy["pareto"]).lower()])


def measure(policy, what):
    if what == "cost":
        return policy["cost"]["mean"]
    if what == "cold":
        return policy["cold_share"]["mean"]
    return policy["latency_s"][what]["mean"]


def cards(thaw, arguments):
    words = {"cost": "bill", "cold": "share of cold starts", "p95": "p95", "p99": "p99"}
    lines = ["| policy | claim | our number | verdict | command |", "|---|---|---|---|---|"]
    for label, claim, scenario, baseline, expected in CARDS:
        comparison = compare(thaw, scenario, ROOT, arguments.replications, arguments.seed, [label, baseline])
        ours, base = comparison["policies"]
        ratios = {what: measure(ours, what) / measure(base, what) for what in ("cost", *expected)}
        verdict = "holds" if all(ratios[what] <= most for what, most in expected.items()) else "does not reproduce"
        number = ", ".join(f"{words[what]} {ratios[what]:.2f} times" for what in expected) + f" that of {short(baseline)}"
        if "cost" not in expected:
            number += f", at {ratios['cost']:.2f} times the bill"
            if verdict == "holds" and ratios["cost"] > 1.05:
                verdict = "same sign, at a higher bill"
        lines.append(f"| {short(label)} | {claim} | {number} | {verdict} | `thaw compare {scenario} --policies "
                     f"'{label};{baseline}' --replications {arguments.replications}` |")
    return lines


def version_of(thaw):
    return subprocess.run([thaw, "--version"], stdout=subprocess.PIPE, text=True).stdout.split()[-1]


def fitted(thaw, arguments):
    results = {}
    for load in LOADS:
        for cloud, ending in CLOUDS.items():
            print(f"{load}, {cloud}", file=sys.stderr)
            results[load, cloud] = compare(thaw, HERE / f"{load}{ending}.yaml", ROOT, arguments.replications, arguments.seed)
    return results


def page(thaw, arguments, results):
    out = ["# Which policy, at which price of waiting", "",
           "Five loads fitted to published traces ([bench/tournament](../bench/tournament)), each at the prices of two clouds, under "
           "every policy that can govern them. Made by", "", "    ./dev results", "",
           f"with {arguments.replications} replications from seed {arguments.seed} on, thaw {version_of(thaw)}. All rows: "
           "[tournament.csv](tournament.csv). What of it holds on days of the traces themselves: [traces.md](traces.md). How fast "
           "thaw is: [performance.md](performance.md).", "",
           "A policy's cost here is its bill for 1,000 requests plus what their waiting is worth: the mean latency of 1,000 requests, in "
           "hours, times the price in the first column, in the currency of the bill. `thaw` has a setting for that price "
           "(`wait-price`) and is told it, 0.01 for nothing; the other policies have none. Without it `thaw` keeps its promise, "
           "a wait below 2 s for 95 of 100, whatever that costs. Policies that leave more than one request in twenty unanswered "
           "are not ranked. *Not told apart*: the 95 % intervals of the two overlap.", ""]
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
        out += [front(ranked)]
        if left_out:
            out += ["Not ranked, as they leave requests unanswered: " + ", ".join(
                f"{short(e.label)} ({100 * e.raw['unanswered_share']['mean']:.1f} %)" for e in left_out) + "."]
        out += [""]
    return out + (HERE / "where-thaw-loses.md").read_text(encoding="utf-8").splitlines() + [
        "", "## What papers claim, and what came out", "",
        "One number each, on one load: a sign, not a verdict on the paper.", ""] + cards(thaw, arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thaw")
    parser.add_argument("--replications", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--traces", type=pathlib.Path, help="folder of the public traces")
    arguments = parser.parse_args()
    thaw = str(pathlib.Path(arguments.thaw).resolve())
    if arguments.traces and not arguments.traces.is_dir():
        print(f"{arguments.traces} is not there: the fitted loads alone, no days of the traces themselves", file=sys.stderr)
        arguments.traces = None
    results = fitted(thaw, arguments)
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    write_csv(folder / "tournament.csv", results)
    (folder / "README.md").write_text("\n".join(page(thaw, arguments, results)) + "\n", encoding="utf-8")
    print("written: results/README.md, results/tournament.csv", file=sys.stderr)
    if arguments.traces:
        traces.write(folder, thaw, arguments, results, CLOUDS, version_of(thaw))


if __name__ == "__main__":
    main()
