"""What of the tournament holds for days of the traces themselves (days.py): results/traces.md and traces.csv.

Each day is one run of each policy, under its own seed; policies are held against each other on the same days, by the
logarithm of what they cost. One differs from another where the 95 % interval of that, Student's over the days, leaves out 0.
"""
import csv
import math
import pathlib
import shutil
import statistics
import sys
import tempfile

from days import DAYS, days_of
from ranking import HOURS_OF_A_THOUSAND, MOST_UNANSWERED, PRICES, SEERS, best_at, compare, entries_of, short, stands_at

HERE = pathlib.Path(__file__).resolve().parent
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}  # 97.5 %


class OnDays:
    """One policy on the days of one load at one cloud's prices."""

    def __init__(self, label):
        self.label = label
        self.runs = []

    def serves(self):
        return all(run["cost_per_1000_requests"] and run["latency_s"]["mean"] for run in self.runs) and \
            statistics.fmean(run["unanswered_share"]["mean"] for run in self.runs) <= MOST_UNANSWERED

    def at(self, price):
        """Bill and waiting of 1,000 requests, day by day."""
        return [run["cost_per_1000_requests"]["mean"] + price * HOURS_OF_A_THOUSAND * run["latency_s"]["mean"]["mean"]
                for run in self.runs]


def ratio(a, b):
    """What a costs over what b does, day by day: the geometric mean, and the ends of its interval."""
    logs = [math.log(x / y) for x, y in zip(a, b)]
    mean = statistics.fmean(logs)
    half = STUDENT[len(logs) - 1] * statistics.stdev(logs) / math.sqrt(len(logs))
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def told_apart(interval):
    return interval[1] > 1 or interval[2] < 1


def on_days(thaw, load, ending, names, work, seed):
    policies = {}
    for day, name in enumerate(names):
        scenario = work / f"{load}{ending}-day-{day + 1}.yaml"
        scenario.write_text(f"base: {load}{ending}.yaml\nname: {scenario.stem}\nworkload:\n  - {{trace: {name}}}\n", encoding="utf-8")
        for policy in compare(thaw, scenario, work, 1, seed + day)["policies"]:
            if policy["not_run"] is None and policy["name"] not in SEERS:
                policies.setdefault(policy["label"], OnDays(policy["label"])).runs.append(policy)
    return policies


def best_on(days, price):
    """The policies that stand there, the cheapest first: by the geometric mean over the days."""
    standing = [p for p in days.values() if stands_at(p.label, price) and p.serves()]
    return sorted(standing, key=lambda p: (statistics.fmean(math.log(x) for x in p.at(price)), p.label))


def line_of(price, comparison, days):
    """What is recommended by the fitted load, and how it does on the days."""
    entries, _ = entries_of(comparison)
    ranked = best_on(days, price)
    if not entries or not ranked:
        return f"| {price} | - | - | | nobody answers 95 of 100 requests |", None
    by_cost, ties = best_at(entries, price)
    fitted, best = by_cost[0], ranked[0]
    advised = days[fitted.label]
    if not advised.serves():
        return f"| {price} | {short(fitted.label)} | {short(best.label)} | | leaves requests unanswered |", False
    if advised is best:
        return f"| {price} | {short(fitted.label)} | the same | | holds |", True
    times = ratio(advised.at(price), best.at(price))
    near = best.label in (tie.label for tie in ties)
    holds = near or not told_apart(times)
    words = "holds: not told apart" if not told_apart(times) else \
        "holds: the fitted load does not tell the two apart" if near else "does not hold"
    return (f"| {price} | {short(fitted.label)} | {short(best.label)} | {times[0]:.2f} times ({times[1]:.2f} to {times[2]:.2f}) "
            f"| {words} |"), holds


def pairs_of(comparison, days):
    """Pairs that both tell apart, at any price: how many in the same order, and those that are not."""
    entries, _ = entries_of(comparison)
    same, other = 0, {}
    for price in PRICES:
        standing = [e for e in entries if stands_at(e.label, price) and days[e.label].serves()]
        for i, a in enumerate(standing):
            for b in standing[:i]:
                (mean_a, half_a), (mean_b, half_b) = a.at(price), b.at(price)
                if abs(mean_a - mean_b) <= half_a + half_b:
                    continue
                times = ratio(days[a.label].at(price), days[b.label].at(price))
                if not told_apart(times):
                    continue
                if (times[0] < 1) == (mean_a < mean_b):
                    same += 1
                else:
                    cheaper, dearer = (a, b) if times[0] < 1 else (b, a)
                    other.setdefault((cheaper.label, dearer.label), []).append(price)
    return same, other


def section(load, cloud, comparison, days):
    lines = [f"### {load}, {cloud} ({comparison['currency']})", "",
             "| an hour of waiting is worth | the fitted load says | best on the days | the first costs | |", "|--:|---|---|--:|---|"]
    held = []
    for price in PRICES:
        line, holds = line_of(price, comparison, days)
        lines.append(line)
        held.append(holds)
    same, other = pairs_of(comparison, days)
    count = sum(len(prices) for prices in other.values())
    lines += ["", f"Of the pairs that the fitted load and the days both tell apart {same} of {same + count} are in the same order."]
    if other:
        lines[-1] += " The others, on the days cheaper first: " + "; ".join(
            f"{short(a)} and {short(b)} (at {', '.join(f'{p:g}' for p in prices)})" for (a, b), prices in other.items()) + "."
    return lines + [""], (sum(h is True for h in held), sum(h is not None for h in held), same, same + count)


def write_csv(path, found):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["load", "cloud", "day", "policy", "cost_per_1000_requests", "latency_mean_s", "p95_s", "unanswered_share"])
        mean = lambda value: "" if value is None else f"{value['mean']:.6g}"
        for (load, cloud), days in found.items():
            for policy in days.values():
                for day, run in enumerate(policy.runs):
                    writer.writerow([load, cloud, day + 1, policy.label, mean(run["cost_per_1000_requests"]),
                                     mean(run["latency_s"]["mean"]), mean(run["latency_s"]["p95"]), mean(run["unanswered_share"])])


def days_found(thaw, traces, results, clouds, work, seed):
    found, missing = {}, []
    shutil.copytree(HERE, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for load in dict.fromkeys(load for load, _ in results):
        names = days_of(load, traces, thaw, work)
        if names is None:
            print(f"{load}: its trace is not in {traces}", file=sys.stderr)
            missing.append(load)
            continue
        for cloud, ending in clouds.items():
            print(f"{load}, {cloud}, {DAYS} days", file=sys.stderr)
            found[load, cloud] = on_days(thaw, load, ending, names, work, seed)
    return found, missing


def write(folder, thaw, arguments, results, clouds, version):
    with tempfile.TemporaryDirectory() as work:
        found, missing = days_found(thaw, arguments.traces.resolve(), results, clouds, pathlib.Path(work), arguments.seed)
    sections, sums = [], []
    for (load, cloud), days in found.items():
        lines, counts = section(load, cloud, results[load, cloud], days)
        sections += lines
        sums.append((load, cloud, counts))
    out = ["# Does it hold on days of the traces themselves?", "",
           "[README.md](README.md) ranks policies on loads fitted to four public traces. Here the same policies run on days of the "
           "traces themselves: other days, other clients, other functions. Made by", "",
           "    ./dev results --traces FOLDER", "",
           f"from seed {arguments.seed} on, thaw {version}, {DAYS} days of each load; all of it: [traces.csv](traces.csv). How the "
           "traces lie in FOLDER and how a day is made of them: [days.py](../bench/tournament/days.py).", "",
           "A policy is compared with another on the same days, by the ratio of bill and waiting; *not told apart*: the 95 % "
           "interval of the ratio over the days holds 1. Of many such intervals one in twenty is wrong by chance.", ""]
    out += [f"Not here, as its trace was not there: {', '.join(missing)}.", ""] if missing else []
    out += ["## In short", "", "| load | cloud | advice that holds, of five prices | pairs in the same order |", "|---|---|--:|--:|"]
    out += [f"| {load} | {cloud} | {held} of {of} | {same} of {pairs} |" for load, cloud, (held, of, same, pairs) in sums]
    out += [""] + (HERE / "where-days-differ.md").read_text(encoding="utf-8").splitlines() + ["", "## Load by load", ""] + sections
    (folder / "traces.md").write_text("\n".join(out).rstrip("\n") + "\n", encoding="utf-8")
    write_csv(folder / "traces.csv", found)
    print("written: results/traces.md, results/traces.csv", file=sys.stderr)
