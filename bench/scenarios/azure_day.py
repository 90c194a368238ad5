#!/usr/bin/env python3
"""Writes the scenario of a day on a whole cluster: 200 nodes, 500 functions of four replicas or more, and the requests
of the Azure Functions trace of 2019, its hours repeated until the day is over.

Usage: azure_day.py COUNTS FUNCTIONS FOLDER [--serving hpa|knative] [--hours N] [--seed N]

COUNTS is a table minute,function,count (.csv or .csv.gz), FUNCTIONS one of function and p0_s, p1_s, p25_s, p50_s,
p75_s, p99_s, p100_s: calls a minute and percentiles of the execution time, as AzurePublicDataset has them. Where in its
minute a call falls and how long it takes is drawn here: evenly within the minute, and along a straight line between two
percentiles. FOLDER gets scenario.yaml, manifests/ and requests.csv.gz; the same arguments give the same files.
"""
import argparse
import csv
import gzip
import itertools
import random
from pathlib import Path

LEAST_REPLICAS = 4
MOST_REPLICAS = 40
SLOTS = 4  # of a replica; an autoscaler keeps half of them busy
NODES = 200
PERCENTILES = (("p0_s", 0.0), ("p1_s", 0.01), ("p25_s", 0.25), ("p50_s", 0.5), ("p75_s", 0.75), ("p99_s", 0.99),
               ("p100_s", 1.0))

SCENARIO = """\
# {functions} functions on a cluster of {nodes} nodes for {hours} h, scaled by {scaler}; made by
# bench/scenarios/azure_day.py. Machines, images and starts are stand-ins; calls and their times are the trace's.
apiVersion: thaw/v1
kind: Scenario
name: azure-day-{serving}
cluster:
  nodeAutoscaler: kapsule
  pools:
    - name: default
      machine: {{cpu: 8, memory: 32GB, price: 0.40 EUR/h}}
      nodes: {{min: {nodes}, max: {nodes_max}}}
manifests: [manifests/*.yaml]
sampling: 5min
functions:
{entries}
workload:
  - {{name: day, trace: requests.csv.gz, from: 10min}}
checks:
  - {{name: at least 2000 pods once they are up, at: 10min, expect: "{all_up}"}}
"""

ENTRY = "  {name}: {{image: 100MB, service: {{seconds: 1s, slots: {slots}, dispatch: random}}}}"

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {least}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - {{name: main, image: "registry.example/{name}:1", resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: {name}}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  minReplicas: {least}
  maxReplicas: {most}
  metrics:
    - {{type: Pods, pods: {{metric: {{name: in_flight}}, target: {{type: AverageValue, averageValue: "{target}"}}}}}}
"""

KNATIVE = """\
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {{name: {name}}}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "{least}"
        autoscaling.knative.dev/max-scale: "{most}"
        autoscaling.knative.dev/target: "{target}"
    spec:
      containerConcurrency: {slots}
      containers:
        - {{image: "registry.example/{name}:1", resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}
"""


def table(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path)
    with opened as file:
        yield from csv.DictReader(file)


def call_seconds(percentiles, dice):
    level = dice.random()
    for (low, at_low), (high, at_high) in itertools.pairwise(percentiles):
        if level <= at_high:
            return low + (high - low) * (level - at_low) / (at_high - at_low)
    return percentiles[-1][0]


def write_requests(path, counts, percentiles, minutes, dice):
    """Minute after minute, in ascending order; `counts` begins anew when it is over."""
    begins_anew = max(counts) + 1
    written = 0
    with gzip.open(path, "wt", compresslevel=1) as out:
        out.write("arrival_s,function,duration_s\n")
        for minute in range(minutes):
            calls = [(60 * (minute + dice.random()), name, call_seconds(percentiles[name], dice))
                     for name, count in counts.get(minute % begins_anew, ()) for _ in range(count)]
            calls.sort()
            out.writelines(f"{at:.6f},{name},{took:.6f}\n" for at, name, took in calls)
            written += len(calls)
    return written


def write_cluster(folder, names, serving, hours):
    values = {"least": LEAST_REPLICAS, "most": MOST_REPLICAS, "slots": SLOTS, "target": SLOTS // 2}
    template = KNATIVE if serving == "knative" else DEPLOYMENT
    (folder / "manifests").mkdir(parents=True, exist_ok=True)
    (folder / "manifests" / "functions.yaml").write_text("---\n".join(template.format(name=n, **values) for n in names))
    (folder / "scenario.yaml").write_text(SCENARIO.format(
        functions=len(names), nodes=NODES, nodes_max=NODES + NODES // 10, hours=hours, serving=serving,
        scaler="Knative's autoscaler" if serving == "knative" else "an HPA each",
        entries="\n".join(ENTRY.format(name=n, slots=SLOTS) for n in names),
        all_up=f"ready({names[0]}) >= {LEAST_REPLICAS} and ready({names[-1]}) >= {LEAST_REPLICAS}"))


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("counts", type=Path)
    words.add_argument("functions", type=Path)
    words.add_argument("folder", type=Path)
    words.add_argument("--serving", choices=("hpa", "knative"), default="hpa")
    words.add_argument("--hours", type=int, default=24)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    percentiles = {row["function"]: [(float(row[key]), at) for key, at in PERCENTILES]
                   for row in table(asked.functions)}
    counts = {}
    for row in table(asked.counts):
        counts.setdefault(int(row["minute"]), []).append((row["function"], int(row["count"])))
    write_cluster(asked.folder, sorted(percentiles), asked.serving, asked.hours)
    requests = write_requests(asked.folder / "requests.csv.gz", counts, percentiles, 60 * asked.hours,
                              random.Random(asked.seed))
    print(f"{asked.folder}: {len(percentiles)} functions, {requests} requests")


if __name__ == "__main__":
    main()
