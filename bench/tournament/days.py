"""Days of the public traces, as a scenario's workload reads them.

A folder of them holds, each as .csv or .csv.gz, in thaw's own columns (arrival_s, function, prompt_tokens or input_tokens,
output_tokens: what `thaw trace import` writes):
  azure-llm-2023/requests           both services, as azure-code and azure-conv
  mooncake/conversation
  servegen/clients_10min            window_start_s, function, rate_rps, iat_cv, dist (G, W or empty): measured
  servegen/tokens_6h                window_start_s, function, input_p50, input_p95, output_p50, output_p95: measured
  azure-functions-2019/counts_24h_sample1350   minute, function, count
A day is as long as the load that is fitted to its trace. Half an hour is all that there is of the language models, so
theirs are put together from it: azure-llm's of blocks of ten minutes drawn from it, which keeps what happens within minutes;
mooncake's of every thirtieth request, other ones each half hour, for the load is thinned so. ServeGen's and Azure Functions'
are real days: other clients and other functions each time, drawn from the same ranks.
"""
import csv
import gzip
import math
import pathlib
import random
import statistics
import subprocess

DAYS = 5
HALF_HOUR = 1800.0
BLOCK = 600.0
LLM_BLOCKS = 36  # six hours
MOONCAKE_THINNED = 30
MOONCAKE_TICK = 3.0
SERVEGEN_RATE = 0.478  # a second, of all eight clients: bench/tournament/servegen.yaml
WINDOW = 600
HALF_A_DAY = 43200


def rows_of(folder, name):
    """The table of that name, or None where the folder does not have it."""
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.exists():
            opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
            with opened as file:
                return list(csv.DictReader(file))
    return None


def write_day(path, requests):
    """requests: (arrival in seconds, function, prompt tokens, output tokens)."""
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["arrival_s", "function", "prompt_tokens", "output_tokens"])
        for arrival, *rest in sorted(requests):
            writer.writerow([f"{arrival:.6f}", *rest])


def llm(row, arrival):
    return arrival, "llm", row.get("input_tokens") or row.get("prompt_tokens"), row["output_tokens"]


def azure_llm(rows, service, day):
    draw = random.Random(f"{service} {day}")
    own = [row for row in rows if row["function"] == service]
    requests = []
    for block in range(LLM_BLOCKS):
        begin = draw.random() * HALF_HOUR
        for row in own:
            within = (float(row["arrival_s"]) - begin) % HALF_HOUR
            if within < BLOCK:
                requests.append(llm(row, block * BLOCK + within))
    return requests


def mooncake(rows, day):
    draw = random.Random(f"mooncake {day}")
    requests = []
    for half in range(12):
        first = (6 * day + half) % MOONCAKE_THINNED
        for row in rows[first::MOONCAKE_THINNED]:
            requests.append(llm(row, half * HALF_HOUR + float(row["arrival_s"]) + draw.random() * MOONCAKE_TICK))
    return requests


def imported(thaw, format_name, files, folder, options=()):
    out = folder / "imported.csv"
    subprocess.run([thaw, "trace", "import", format_name, *files, "--out", str(out), *options], check=True,
                   stderr=subprocess.DEVNULL)
    with open(out, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def clients_of(windows, day):
    """Eight of the 24 busiest of that day, one of each three: (name, its windows)."""
    begin = day * 86400
    own = {}
    for row in windows:
        at = float(row["window_start_s"]) - begin
        if row["function"].startswith("m-small/") and 0 <= at < 86400:
            own.setdefault(row["function"], []).append((at, row))
    busiest = sorted(own, key=lambda f: (-sum(float(row["rate_rps"]) for _, row in own[f]), f))[:24]
    return [(f, own[f]) for f in busiest[day % 3::3]]


def lengths(tokens, function):
    """Of a client's prompts and answers: median and the spread of a lognormal with its 95th percentile."""
    rows = [row for row in tokens if row["function"] == function and row["input_p50"]]
    if not rows:
        return None
    upper = statistics.NormalDist().inv_cdf(0.95)
    found = []
    for kind in ("input", "output"):
        median = max(1.0, statistics.fmean(float(row[f"{kind}_p50"]) for row in rows))
        high = max(median, statistics.fmean(float(row[f"{kind}_p95"]) for row in rows))
        found.append((median, math.log(high / median) / upper))
    return found


def servegen(windows, tokens, day, thaw, folder):
    begin = HALF_A_DAY * (day % 2)  # mornings and evenings in turn; which time zone is not published
    chosen = [(f, [(at - begin, row) for at, row in rows if begin <= at < begin + HALF_A_DAY])
              for f, rows in clients_of(windows, day)]
    whole = sum(float(row["rate_rps"]) for _, rows in chosen for _, row in rows) * WINDOW / HALF_A_DAY
    files = []
    for k, (_, rows) in enumerate(chosen):
        by_window = {int(at) // WINDOW: row for at, row in rows}
        lines = []
        for w in range(HALF_A_DAY // WINDOW):
            row = by_window.get(w)
            family = {"G": "Gamma", "W": "Weibull"}.get(row["dist"] if row else "", "")
            rate = float(row["rate_rps"]) * SERVEGEN_RATE / whole if row and family else 0
            lines.append(f"{w * WINDOW},{rate:.9f},{row['iat_cv'] if row and family else 1},{family},0,0\n")
        path = folder / f"client-{k + 1}.csv"
        path.write_text("".join(lines), encoding="utf-8")
        files.append(f"client-{k + 1}={path}")
    requests = []
    known = {f"client-{k + 1}": lengths(tokens, f) for k, (f, _) in enumerate(chosen)}
    draw, normal = random.Random(f"servegen {day}"), statistics.NormalDist()
    for row in imported(thaw, "servegen", files, folder, ["--seed", str(day + 1)]):
        drawn = ["", ""]
        if known[row["function"]]:
            drawn = [max(1, round(median * math.exp(spread * normal.inv_cdf(max(draw.random(), 1e-12)))))
                     for median, spread in known[row["function"]]]
        requests.append((float(row["arrival_s"]), row["function"], *drawn))
    return requests


def azure_functions(rows, day, thaw, folder):
    counts = {}
    for row in rows:
        counts.setdefault(row["function"], {})[int(row["minute"])] = row["count"]
    by_calls = sorted(counts, key=lambda f: (sum(map(int, counts[f].values())), f))
    draw = random.Random(f"azure-functions {day}")
    tenth = len(by_calls) / 10
    chosen = [by_calls[int((k + draw.random()) * tenth)] for k in range(10)]
    path = folder / "counts.csv"
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["HashOwner", "HashApp", "HashFunction", "Trigger", *range(1, 1441)])
        for k, function in enumerate(chosen):
            writer.writerow(["o", "a", f"{k + 1:010d}", "", *(counts[function].get(m, 0) for m in range(1440))])
    return [(float(row["arrival_s"]), f"function-{int(row['function'].removeprefix('az19-'))}", "", "")
            for row in imported(thaw, "azure-functions", [str(path)], folder, ["--seed", str(day + 1)])]


def days_of(load, traces, thaw, folder: pathlib.Path):
    """Writes DAYS files into `folder`; their names, or None where the trace is not there."""
    if load in ("azure-code", "azure-conv"):
        tables = [rows_of(traces / "azure-llm-2023", "requests")]
        make = lambda day: azure_llm(tables[0], load, day)
    elif load == "mooncake":
        tables = [rows_of(traces / "mooncake", "conversation")]
        make = lambda day: mooncake(tables[0], day)
    elif load == "servegen":
        tables = [rows_of(traces / "servegen", name) for name in ("clients_10min", "tokens_6h")]
        make = lambda day: servegen(*tables, day, thaw, folder)
    else:
        tables = [rows_of(traces / "azure-functions-2019", "counts_24h_sample1350")]
        make = lambda day: azure_functions(tables[0], day, thaw, folder)
    if any(table is None for table in tables):
        return None
    names = []
    for day in range(DAYS):
        names.append(f"{load}-day-{day + 1}.csv")
        write_day(folder / names[-1], make(day))
    return names
