#!/usr/bin/env python3
"""How the tournament makes days of a trace, and when it says that one policy costs more than another.

  tournament_test.py THAW        (the repository's root as working directory)
"""
import math
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, "bench/tournament")
import days  # noqa: E402
import ranking  # noqa: E402
import traces  # noqa: E402

THAW = sys.argv[1]


def on_days(label, bills, unanswered=0.0):
    policy = traces.OnDays(label)
    for bill in bills:
        policy.runs.append({"cost_per_1000_requests": {"mean": bill}, "latency_s": {"mean": {"mean": 0}},
                            "unanswered_share": {"mean": unanswered}})
    return policy


def entry(label, bill, half=0.0, latency=0.0):
    number = lambda mean, half: {"mean": mean, "ci95": [mean - half, mean + half]}
    return {"label": label, "name": label.partition(":")[0], "not_run": None, "cost_per_1000_requests": number(bill, half),
            "latency_s": {"mean": number(latency, 0)}, "unanswered_share": {"mean": 0}}


class Ranking(unittest.TestCase):
    def test_thaw_stands_at_the_price_that_it_is_told(self):
        self.assertEqual([p for p in ranking.PRICES if ranking.stands_at("thaw:max=8,wait-price=0.1", p)], [0.1])
        self.assertEqual([p for p in ranking.PRICES if ranking.stands_at("thaw:wait-price=0.01,max=8", p)], [0])
        self.assertTrue(all(ranking.stands_at("thaw:max=8", p) for p in ranking.PRICES))

    def test_an_hour_of_waiting_is_added_to_the_bill(self):
        policy = ranking.Entry(entry("modal", 2, latency=1))
        self.assertAlmostEqual(policy.at(3.6)[0], 2 + 1)  # 1,000 s are 1000/3600 h

    def test_names_without_what_all_share(self):
        self.assertEqual(ranking.short("idle_timeout:TimeoutSecondBeforeSetReplicasMin=300"), "`idle_timeout` (5 min)")
        self.assertEqual(ranking.short("thaw:slots=4,max=8,wait-price=10"), "`thaw` (waiting 10)")
        self.assertEqual(ranking.short("thaw:slots=4,max=8"), "`thaw`")


class OnDays(unittest.TestCase):
    def test_ratio_is_of_the_same_days(self):
        # Days differ tenfold, and a is a tenth dearer on each.
        self.assertEqual([round(x, 12) for x in traces.ratio([1.1, 11, 3.3], [1, 10, 3])], [1.1, 1.1, 1.1])

    def test_interval_is_students_of_the_logarithms(self):
        # Logarithms 0 and ln 4: mean ln 2, half 12.706 × ln 2.
        mean, low, high = traces.ratio([1, 4], [1, 1])
        self.assertAlmostEqual(mean, 2)
        self.assertAlmostEqual(math.log(high / mean), 12.706 * math.log(2))
        self.assertAlmostEqual(low * high, mean * mean)

    def test_advice_holds_unless_somebody_is_told_apart_as_cheaper(self):
        fitted = {"policies": [entry("a", 1), entry("b", 2)]}
        same = {"a": on_days("a", [1, 2, 3]), "b": on_days("b", [2, 4.1, 6])}
        near = {"a": on_days("a", [1, 2, 3]), "b": on_days("b", [1.2, 1.7, 2.9])}
        other = {"a": on_days("a", [2, 4, 6]), "b": on_days("b", [1, 2.1, 3])}
        lost = {"a": on_days("a", [1, 2, 3], unanswered=0.2), "b": on_days("b", [2, 3, 4])}
        self.assertEqual([traces.line_of(0, fitted, on)[1] for on in (same, near, other, lost)], [True, True, False, False])
        unsure = {"policies": [entry("a", 1, half=0.6), entry("b", 2, half=0.6)]}
        self.assertTrue(traces.line_of(0, unsure, other)[1])
        self.assertEqual(traces.pairs_of(fitted, same), (5, {}))  # at each of five prices
        self.assertEqual(list(traces.pairs_of(fitted, other)[1]), [("b", "a")])

    def test_pairs_that_the_fitted_load_does_not_tell_apart_do_not_count(self):
        fitted = {"policies": [entry("a", 1, half=0.6), entry("b", 2, half=0.6)]}
        on = {"a": on_days("a", [1, 2, 3]), "b": on_days("b", [2, 4, 6])}
        self.assertEqual(traces.pairs_of(fitted, on), (0, {}))


class Days(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.work = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def requests(self, count, functions=("azure-code", "azure-conv")):
        return [{"arrival_s": str(i * days.HALF_HOUR / count), "function": functions[i % len(functions)],
                 "input_tokens": str(i + 1), "output_tokens": "1"} for i in range(count)]

    def test_blocks_of_the_half_hour_keep_rate_and_service(self):
        made = days.azure_llm(self.requests(3600), "azure-conv", 0)
        self.assertAlmostEqual(len(made), 36 * 600, delta=36)  # one a second
        self.assertTrue(all(tokens % 2 == 0 for tokens in (int(row[2]) for row in made)))
        self.assertTrue(all(0 <= row[0] < 6 * 3600 for row in made))
        self.assertEqual(made, days.azure_llm(self.requests(3600), "azure-conv", 0))
        self.assertNotEqual(made, days.azure_llm(self.requests(3600), "azure-conv", 1))

    def test_a_thirtieth_of_the_half_hour_is_another_one_each_time(self):
        made = days.mooncake(self.requests(3000, ("chat",)), 0)
        self.assertEqual(len(made), 12 * 100)
        self.assertEqual(len({row[2] for row in made}), len(made))  # no request twice

    def test_clients_are_of_all_ranks_and_other_ones_each_day(self):
        windows = [{"window_start_s": str(day * 86400 + w * 600), "function": f"m-small/c{c:03d}", "rate_rps": str(100 - c),
                    "iat_cv": "1", "dist": "G"} for day in range(2) for c in range(30) for w in range(144)]
        self.assertEqual([name for name, _ in days.clients_of(windows, 0)], [f"m-small/c{c:03d}" for c in range(0, 24, 3)])
        self.assertEqual([name for name, _ in days.clients_of(windows, 1)], [f"m-small/c{c:03d}" for c in range(1, 24, 3)])
        tokens = [{"function": "m-small/c000", "input_p50": "50", "input_p95": "50", "output_p50": "7", "output_p95": "7"}]
        made = days.servegen(windows, tokens, 0, THAW, self.work)
        self.assertAlmostEqual(len(made) / days.HALF_A_DAY, days.SERVEGEN_RATE, delta=0.02)
        own = [row for row in made if row[1] == "client-1"]
        self.assertEqual({row[2:] for row in own}, {(50, 7)})
        self.assertAlmostEqual(len(own) / len(made), 100 / sum(100 - c for c in range(0, 24, 3)), delta=0.02)

    def test_functions_are_one_of_each_tenth_with_all_their_calls(self):
        rows = [{"function": f"f{f:02d}", "minute": str(m), "count": str(f // 2 + 1)} for f in range(20) for m in (0, 700)]
        made = days.azure_functions(rows, 0, THAW, self.work)
        calls = {}
        for arrival, function, *_ in made:
            calls[function] = calls.get(function, 0) + 1
            self.assertTrue(arrival < 60 or 42000 <= arrival < 42060)
        self.assertEqual(calls, {f"function-{k + 1}": 2 * (k + 1) for k in range(10)})

    def test_a_trace_that_is_not_there_has_no_days(self):
        self.assertIsNone(days.days_of("mooncake", self.work, THAW, self.work))


unittest.main(argv=sys.argv[:1])
