#!/usr/bin/env python3
"""Keeps a chosen number of requests in flight for each replica: ceil(in flight / target).

thaw run SCENARIO --policy 'exec:python3 examples/policies/target_in_flight.py 2'
The protocol: docs/exec.md.
"""
import json
import math
import sys

target = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0


def say(message):
    print(json.dumps(message), flush=True)


for line in sys.stdin:
    seen = json.loads(line)
    if "hello" in seen:
        say({"hello": {"protocol": 1, "wants": {"arrivals_at_zero": True}}})
        continue
    in_flight = seen["in_flight"] + seen["queued"]
    desired = math.ceil(in_flight / target)
    say({"desired": desired, "ask_again_s": 15, "why": f"{in_flight} in flight / {target}"})
