#!/usr/bin/env python3
"""report.html as a person has it: opened in headless Chromium, its numbers read and held against summary.json.

  report_in_browser.py THAW        COMPARISON_PAGE      (the repository's root as working directory)

Ends with 0 when all holds, with 1 and a line for each thing that does not, also when there is no Chromium.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import probes  # noqa: E402
from chromium import Chromium, Missing  # noqa: E402
from shown import is_shown  # noqa: E402

KAPSULE = "scenarios/slimfaas-kapsule"
RUNS = [[KAPSULE], [KAPSULE + "/cold-call-patient", "--audit"], ["scenarios/knative-step", "--replications", "4", "--jobs", "2"],
        ["scenarios/fedless-vgpu"], ["scenarios/keep-alive", "--set", "until=20000s"]]
# The page says these in words, or as a rule of the file.
NOT_CELLS = ("/seed", "/replications", "/simulated_s")

problems = []


def expect(holds, words):
    if not holds:
        problems.append(words)


def keys_of(pointer):
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def at(value, keys):
    """What the keys lead to; None where there is nothing."""
    for key in keys:
        if isinstance(value, list):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            return None
    return value


def interval_of(source, pointer):
    """Of a summary under /ci95; of a comparison beside the mean, or under its entry's ci95."""
    keys = keys_of(pointer)
    if keys[0] == "optimum":
        return at(source, ["optimum", "ci95"])
    if keys[0] in ("policies", "pairs"):
        return at(source, [*keys[:-1], "ci95"]) if keys[-1] == "mean" else at(source, [*keys[:2], "ci95", *keys[2:]])
    return at(source, ["ci95", *keys])


def leaves(value, pointer=""):
    """The pointers of all numbers, lists aside."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "ci95":
                yield from leaves(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield pointer


def is_quiet(page, name):
    """Nothing was asked for but the file itself, and nothing complained."""
    asked = [one["request"]["url"] for one in page.of_kind("Network.requestWillBeSent")]
    others = [url for url in asked if not url.startswith(("data:", "file:")) or (url.startswith("file:") and not url.endswith(".html"))]
    expect(len(asked) >= 1 and not others, f"{name}: asks for {others or 'nothing at all'}")
    for thrown in page.of_kind("Runtime.exceptionThrown"):
        problems.append(f"{name}: {thrown['exceptionDetails'].get('exception', {}).get('description', thrown)}")
    for entry in page.of_kind("Log.entryAdded"):
        problems.append(f"{name}: {entry['entry']['text']}")
    for call in page.of_kind("Runtime.consoleAPICalled"):
        problems.append(f"{name}: console.{call['type']}")


def numbers_are_those_of(page, name, source, must_show):
    cells = page.value(probes.CELLS)
    for cell in cells:
        expected, interval = at(source, keys_of(cell["of"])), interval_of(source, cell["of"])
        expect(is_shown(cell["text"], expected), f"{name}: {cell['of']} is {expected}, shown as {cell['text']}")
        low, _, high = cell["range"].partition(" – ")
        if interval and interval[0] != interval[1]:
            expect(low and is_shown(low, interval[0]) and is_shown(high, interval[1]),
                   f"{name}: the interval of {cell['of']} is {interval}, shown as {cell['range'] or 'nothing'}")
        else:
            expect(not low, f"{name}: {cell['of']} has no interval, {low} is shown")
    shown = {cell["of"] for cell in cells}
    for pointer in must_show:
        expect(pointer in shown, f"{name}: {pointer} is not shown")
    return cells


def is_readable(page, name, dark):
    background = page.value(probes.BACKGROUND)
    expect(background < 0.1 if dark else background > 0.8, f"{name}: the page's luminance is {background}, dark {dark}")
    for found in page.value(probes.LOW_CONTRAST):
        problems.append(f"{name}{', dark' if dark else ''}: contrast {found}")


def is_accessible(page, name):
    for problem in page.value(probes.ACCESSIBILITY):
        problems.append(f"{name}: {problem}")


def is_narrow(page, file, name):
    page.open(file, width=390, height=800)
    width = page.value("document.documentElement.scrollWidth")
    expect(width <= 390, f"{name}: {width} px wide on a phone of 390 px")
    is_quiet(page, f"{name}, phone")


def looks(page, file, name):
    is_readable(page, name, dark=False)
    is_accessible(page, name)
    is_quiet(page, name)
    page.open(file, dark=True)
    is_readable(page, name, dark=True)
    is_narrow(page, file, name)


def one_run(page, thaw, folder, arguments):
    name = " ".join(arguments)
    ran = subprocess.run([thaw, "run", *arguments, "--out", folder], capture_output=True, text=True, timeout=300)
    expect(ran.returncode in (0, 1), f"{name}: ended with {ran.returncode}: {ran.stderr}")
    with open(f"{folder}/summary.json", encoding="utf-8") as file:
        summary = json.load(file)
    file = f"{folder}/report.html"
    page.open(file)
    free = [pointer for pointer in leaves(summary) if pointer not in NOT_CELLS]
    if not summary["pools"]:
        free = [pointer for pointer in free if not pointer.startswith("/cost")]
    # A stage that took no time has no bar.
    free = [pointer for pointer in free if "/cold_start_stages_s/" not in pointer or at(summary, keys_of(pointer)) > 0]
    cells = numbers_are_those_of(page, name, summary, free)
    if summary["replications"] == 1:
        for cell in cells:
            if "/latency_s/p95" in cell["of"] or cell["of"].startswith("/cost/parts"):
                expect(cell["text"] in ran.stdout.split(), f"{name}: the text does not say {cell['text']} for {cell['of']}")
    words = page.value("document.getElementById('main').innerText")
    for check in summary["checks"]:
        expect(check["name"] in words and check["detail"] in words, f"{name}: check {check['name']} is not shown as it was seen")
    for notice in summary["notices"]:
        expect(notice in words, f"{name}: a notice is not shown: {notice}")
    for bars, pointers in page.value(probes.BARS).items():
        expect_proportional(f"{name}: {bars}", pointers, summary)
    if summary["replications"] == 1:
        distributions_are_whole(page, name, summary)
    looks(page, file, name)


def expect_proportional(name, bars, summary):
    """Bars are as wide as their numbers are large, to two pixels."""
    if not bars:
        return
    values = [at(summary, keys_of(bar["of"])) for bar in bars]
    scale = sum(bar["width"] for bar in bars) / sum(values)
    for bar, value in zip(bars, values):
        expect(abs(bar["width"] - value * scale) <= 3, f"{name}: {bar['of']} is drawn {bar['width']} px wide")


def distributions_are_whole(page, name, summary):
    """All completed requests are in the bars, and a bar's area is their number."""
    groups = [summary["functions"], summary.get("pipelines", {})]
    completed = [one["requests"]["completed"] for group in groups for one in group.values()]
    for bars in page.value(probes.AREAS):
        expect(sum(bar["count"] for bar in bars) in completed, f"{name}: a distribution lacks requests")
        high = [bar for bar in bars if bar["height"] >= 20]
        each = sum(bar["area"] for bar in high) / sum(bar["count"] for bar in high)
        for bar in high:
            expect(abs(bar["area"] / bar["count"] / each - 1) < 0.02, f"{name}: {bar['count']} requests are drawn as {bar['area']}")


def decisions_by_keyboard_and_pointer(page, folder):
    """The decision of the Kapsule scenario, whose words the README shows."""
    words = "ollama 1 → 0: no call for 1200.96 s (idle timeout 1200 s) → ReplicasMin 0"
    page.open(f"{folder}/report.html")
    page.value("document.querySelector('.surface').focus()")
    page.press("PageDown", 34)
    expect(words in page.value(probes.TIP), f"keyboard: {page.value(probes.TIP)!r} instead of the decision")
    expect(words in page.value("document.activeElement.getAttribute('aria-valuetext')"), "a screen reader is not told the decision")
    page.press("Escape", 27)
    expect(page.value(probes.TIP) == "", "Escape leaves the card open")
    x, y = page.value(probes.FIRST_DECISION)
    page("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y - 10)
    expect(words in page.value(probes.TIP), f"pointer: {page.value(probes.TIP)!r} instead of the decision")
    reached = page.value(probes.ARROWS)
    expect(reached, "the arrows do not walk along a chart's marks")


def hostile_names(page, thaw, folder):
    """What a scenario says is text, whatever it looks like."""
    scenario = f"{folder}/scenario.yaml"
    with open("scenarios/keep-alive/scenario.yaml", encoding="utf-8") as file:
        text = file.read()
    notice = "</script><script>document.title='lost'</script><b id=lost>\u2028&amp;"
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(text)
    ran = subprocess.run([thaw, "run", scenario, "--set", "until=2000s", "--set", f"checks.nobody is sent away.name={notice}",
                          "--out", folder], capture_output=True, text=True, timeout=300)
    expect(ran.returncode in (0, 1), f"hostile names: ended with {ran.returncode}: {ran.stderr}")
    page.open(f"{folder}/report.html")
    expect(page.value("document.getElementById('lost') === null && document.title !== 'lost'"), "a name was read as HTML")
    expect(notice in page.value("document.getElementById('main').textContent"), "a name with < and & is not shown as it is")
    is_quiet(page, "hostile names")


def comparison(page, folder):
    with open("tests/report/browser/comparison.json", encoding="utf-8") as file:
        compared = json.load(file)
    page.open(f"{folder}/comparison.html")
    must_show = [f"/policies/{i}/{what}/mean" for i, policy in enumerate(compared["policies"]) if not policy["not_run"]
                 for what in ("cost", "latency_s/p50", "latency_s/p95", "latency_s/p99")]
    must_show += ["/optimum/total", "/pairs/0/cost_ratio/mean", "/policies/0/cost_over_optimum", "/policies/0/waste/idle_warm",
                  "/policies/0/above_optimum/kept_longer"]
    numbers_are_those_of(page, "comparison", compared, must_show)
    points = page.value(probes.POINTS)
    ran = [policy for policy in compared["policies"] if not policy["not_run"]]
    expect(len(points) == len(ran), f"comparison: {len(points)} points for {len(ran)} policies")
    by_cost = sorted(ran, key=lambda policy: policy["cost"]["mean"])
    down = sorted(points, key=lambda point: -point["y"])
    expect([p["label"] for p in by_cost] == [p["name"] for p in down], "comparison: a dearer policy is not drawn higher")
    front = {point["name"] for point in points if point["front"]}
    expect(front == {policy["label"] for policy in ran if policy["pareto"]}, f"comparison: the front is {front}")
    line = page.value("document.querySelector('line.optimum').getBoundingClientRect().y")
    expect(line > max(point["y"] for point in points), "comparison: a policy is drawn below the optimum")
    for bars, pointers in page.value(probes.BARS).items():
        expect_proportional(f"comparison: {bars}", pointers, compared)
    looks(page, f"{folder}/comparison.html", "comparison")


def real_comparison(page, thaw, folder):
    ran = subprocess.run([thaw, "compare", KAPSULE, "--replications", "3", "--jobs", "2", "--out", folder], capture_output=True, text=True, timeout=300)
    expect(ran.returncode in (0, 1), f"thaw compare: ended with {ran.returncode}: {ran.stderr}")
    with open(f"{folder}/compare.json", encoding="utf-8") as file:
        compared = json.load(file)
    file = f"{folder}/report.html"
    page.open(file)
    must_show = [f"/policies/{i}/cost/mean" for i, policy in enumerate(compared["policies"]) if not policy["not_run"]]
    numbers_are_those_of(page, "thaw compare", compared, must_show)
    looks(page, file, "thaw compare")


def main():
    thaw, comparison_writer = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder, Chromium() as page:
        for arguments in RUNS:
            one_run(page, thaw, folder, arguments)
            if arguments == [KAPSULE]:
                decisions_by_keyboard_and_pointer(page, folder)
        hostile_names(page, thaw, folder)
        with open(f"{folder}/comparison.html", "wb") as file:
            subprocess.run([comparison_writer, "tests/report/browser/comparison.json"], stdout=file, check=True, timeout=60)
        comparison(page, folder)
        real_comparison(page, thaw, folder)


if __name__ == "__main__":
    try:
        main()
    except (Missing, RuntimeError, OSError) as broken:
        problems.append(f"{type(broken).__name__}: {broken}")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    sys.exit(1 if problems else 0)
