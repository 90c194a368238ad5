// The page of one run, or of replications.
const runPage = (() => {
  const openAtFirst = 4; // functions whose charts are open when the page is

  function head(summary) {
    const many = summary.replications > 1;
    const held = summary.checks.filter((check) => check.held).length;
    const line = [
      `${notation.length(summary.simulated_s)} simulated`,
      many
        ? `${notation.count(summary.replications)} replications from seed ${summary.seed} on`
        : `seed ${summary.seed}`,
    ];
    document
      .getElementById("head")
      .append(
        element("p", { class: "kind" }, "thaw run"),
        element("h1", {}, summary.scenario),
        element("p", { class: "line" }, line.join(" · ")),
        summary.checks.length
          ? element(
              "p",
              { class: `verdict ${held === summary.checks.length ? "held" : "broken"}` },
              held === summary.checks.length
                ? `✓ ${held} of ${summary.checks.length} checks held`
                : `✗ ${summary.checks.length - held} of ${summary.checks.length} checks failed`,
            )
          : null,
      );
  }

  // The function that most of the requests were for stands for all where one number must.
  const busiest = (summary) =>
    Object.keys(summary.functions).sort(
      (a, b) => summary.functions[b].requests.total - summary.functions[a].requests.total,
    );

  function first(summary) {
    const parent = section("At a glance", "glance");
    const [name] = busiest(summary);
    const several = Object.keys(summary.functions).length > 1;
    const paid = Object.keys(summary.pools).length > 0 && summary.cost.total > 0;
    const per = facts.at(summary, ["cost", "per_1000_requests"]);
    const of = (keys, format) =>
      name === undefined ? "" : facts.number(summary, ["functions", name, ...keys], format);
    const about = several ? `of ${name}, the most called` : null;
    const requests = name === undefined ? null : summary.functions[name].requests;
    facts.cards(parent, [
      paid && {
        name: `Bill, ${summary.cost.currency}`,
        cell: facts.number(summary, ["cost", "total"], notation.money),
        more: per === undefined ? null : `${notation.money(per)} per 1000 requests`,
      },
      paid && {
        name: "Useful",
        cell: notation.percent(summary.cost.parts.useful / summary.cost.total),
        more: "of the bill: a request was in service",
      },
      {
        name: "Requests",
        cell: of(["requests", "total"], notation.count),
        more: requests
          ? `${notation.count(requests.completed)} completed, ${notation.count(requests.cold)} cold${several ? `; ${about}` : ""}`
          : null,
      },
      {
        name: "Latency, p95",
        cell: of(["latency_s", "p95"], notation.length),
        more: about || "19 of 20 requests took no longer",
      },
      {
        name: "Replicas, mean",
        cell: of(["replicas", "mean"], notation.mean),
        more: several
          ? about
          : name === undefined
            ? null
            : `at most ${notation.count(summary.functions[name].replicas.peak)}; scaled by ${summary.functions[name].scaled_by}`,
      },
    ]);
    const failed = summary.checks.filter((check) => !check.held);
    if (failed.length) {
      parent.append(element("h3", {}, "What did not hold"));
      facts.checks(parent, "Failed checks", failed, summary.replications);
    }
  }

  function time(summary, run) {
    const parent = section("Over time", "time");
    const many = summary.replications > 1;
    const notes = [];
    if (many) notes.push(`These charts are of the first replication, seed ${run.seed}.`);
    if (run.series.every > 1) notes.push(`Each ${run.series.every}th sample of series.csv is drawn.`);
    if (run.series.left_out) notes.push(`${run.series.left_out} series are left out; all are in series.csv.`);
    if (notes.length) parent.append(element("p", { class: "note" }, notes.join(" ")));
    const names = busiest(summary).filter((name) =>
      run.series.columns.some((column) => column.scope === "function" && column.name === name),
    );
    names.forEach((name, i) => {
      const into =
        names.length <= openAtFirst
          ? parent
          : element("details", { class: "function", open: i < openAtFirst }, element("summary", {}, name));
      if (into !== parent) parent.append(into);
      overTime.replicas(into, run, name);
      overTime.requests(into, run, name);
    });
    overTime.nodes(parent, run);
  }

  const numbers = (list) => list.map((text) => ({ text, number: true }));

  // Numbers that only some runs have, a column each where there is one.
  function rest(parent, summary) {
    const columns = [
      ["functions", "in_system_mean", "in the system, mean", notation.mean],
      ["functions", "wait_probability", "waited for a server", notation.percent],
      ["functions", "in_vain_s", "spent in vain", notation.length],
      ["pipelines", "cache_hits", "cache hits", notation.count],
      ["pipelines", "cache_misses", "misses", notation.count],
    ].filter(([group, key]) => Object.values(summary[group] || {}).some((one) => one[key] !== undefined));
    const names = [...new Set(columns.flatMap(([group]) => Object.keys(summary[group])))];
    if (names.length)
      parent.append(
        table(
          "More of the requests",
          ["", ...numbers(columns.map(([, , text]) => text))],
          names.map((name) => [
            name,
            ...columns.map(([group, key, , format]) => facts.number(summary, [group, name, key], format)),
          ]),
        ),
      );
  }

  function requestTables(parent, summary) {
    const kinds = ["total", "completed", "timed_out", "rejected", "failed", "unfinished", "cold"];
    const groups = [
      ["functions", Object.keys(summary.functions)],
      ["pipelines", Object.keys(summary.pipelines || {})],
    ];
    const each = (row) => groups.flatMap(([group, names]) => names.map((name) => row(group, name)));
    parent.append(
      table(
        "Requests",
        ["requests", ...numbers([...kinds.map((kind) => kind.replace("_", " ")), "cold share"])],
        each((group, name) => [
          name,
          ...kinds.map((kind) => facts.number(summary, [group, name, "requests", kind], notation.count)),
          facts.number(summary, [group, name, "cold_start_probability"], notation.percent),
        ]),
      ),
    );
    const percentiles = ["mean", "p50", "p90", "p95", "p99", "max"];
    const rows = each((group, name) =>
      [
        ["latency_s", ""],
        ["wait_s", ": wait"],
        ["ttft_s", ": first token"],
        ["itl_s", ": next tokens"],
      ]
        .filter(([key]) => summary[group][name][key])
        .map(([key, words]) => [
          name + words,
          ...percentiles.map((one) => facts.number(summary, [group, name, key, one], notation.length)),
        ]),
    ).flat();
    if (rows.length) parent.append(table("Latency of completed requests", ["latency", ...numbers(percentiles)], rows));
    rest(parent, summary);
  }

  function requests(summary, run) {
    const parent = section("Requests and latency", "requests");
    requestTables(parent, summary);
    const many = summary.replications > 1;
    for (const group of ["functions", "pipelines"]) {
      const names = Object.keys(summary[group] || {}).filter((name) => summary[group][name].latency_s);
      const into =
        names.length <= openAtFirst
          ? parent
          : element(
              "details",
              { class: "function" },
              element("summary", {}, `Distributions of ${names.length} ${group}`),
            );
      if (into !== parent) parent.append(into);
      for (const name of names) {
        if (many)
          latency.intervals(
            into,
            `Percentiles of ${name}`,
            ["mean", "p50", "p90", "p95", "p99"].map((key) => {
              const [low, high] = facts.at(summary, ["ci95", group, name, "latency_s", key]);
              return { text: key, value: summary[group][name].latency_s[key], low, high };
            }),
          );
        const note = many
          ? `The bars are of the first replication, seed ${run.seed}; the percentiles are means over all.`
          : null;
        latency.distribution(into, name, run.latency[group][name] || [], summary[group][name].latency_s, note);
      }
    }
  }

  function coldStarts(summary) {
    const names = busiest(summary).filter((name) => summary.functions[name].cold_start_stages_s);
    if (names.length === 0) return;
    const parent = section("Cold starts", "cold");
    const of = (name) => (keys, format) => facts.number(summary, ["functions", name, ...keys], format);
    parent.append(
      table(
        "Cold starts",
        ["function", ...numbers(["cold", "wait mean", "p50", "p90", "p95", "p99", "max"])],
        names.map((name) => {
          const cell = of(name);
          return [
            name,
            cell(["requests", "cold"], notation.count),
            ...["mean", "p50", "p90", "p95", "p99", "max"].map((key) =>
              cell(["cold_start_wait_s", key], notation.length),
            ),
          ];
        }),
      ),
    );
    for (const name of names) {
      const { cold } = summary.functions[name].requests;
      coldStart.waterfall(
        parent,
        summary,
        name,
        cold === 1 ? "its one cold request" : `its ${notation.count(cold)} cold requests`,
      );
    }
  }

  function replicas(summary) {
    const parent = section("Scaling", "scaling");
    const columns = [
      ["mean", "mean", notation.mean],
      ["peak", "peak", notation.count],
      ["busy_mean", "busy", notation.mean],
      ["idle_mean", "idle", notation.mean],
      ["scale_ups", "ups", notation.count],
      ["scale_downs", "downs", notation.count],
    ];
    const lives = Object.values(summary.functions).some((one) => one.mean_life_s !== undefined);
    parent.append(
      table(
        "Replicas",
        ["replicas", ...numbers(columns.map(([, text]) => text)), ...numbers(lives ? ["life, mean"] : []), "scaled by"],
        Object.keys(summary.functions).map((name) => [
          name,
          ...columns.map(([key, , format]) => facts.number(summary, ["functions", name, "replicas", key], format)),
          ...(lives ? [facts.number(summary, ["functions", name, "mean_life_s"], notation.length)] : []),
          summary.functions[name].scaled_by,
        ]),
      ),
    );
  }

  function bill(summary) {
    if (Object.keys(summary.pools).length === 0) return;
    const parent = section("Where the money went", "money");
    money.bar(parent, summary);
    money.byKind(parent, summary);
    money.byFunction(parent, summary);
    money.byPool(parent, summary);
  }

  function checks(summary) {
    if (summary.checks.length)
      facts.checks(section("Checks", "checks"), "Checks and what was seen", summary.checks, summary.replications);
    if (summary.audit)
      facts.checks(
        section("Audit", "audit"),
        "Proofs that the books add up",
        summary.audit.proofs,
        summary.replications,
      );
  }

  function events(run) {
    if (run.events.length === 0) return;
    const parent = section("What happened", "events");
    const left = Object.entries(run.events_left_out).map(([kind, count]) => `${notation.count(count)} of kind ${kind}`);
    if (left.length)
      parent.append(
        element(
          "p",
          { class: "note" },
          `The first 500 of each kind are here; timeline.jsonl also has ${left.join(", ")}.`,
        ),
      );
    const rows = run.events.map((event) => [notation.instant(event.t_s), event.kind, event.words]);
    const shown = table(
      "What happened, in order",
      [{ text: "time", number: true }, "kind", { text: "event", wide: true }],
      rows,
      { class: "events" },
    );
    parent.append(
      rows.length > 60
        ? element("details", {}, element("summary", {}, `${notation.count(rows.length)} events`), shown)
        : shown,
    );
  }

  function notices(summary) {
    if (summary.notices.length) facts.list(section("What was assumed or left out", "notices"), summary.notices);
  }

  return function show(summary, run) {
    head(summary);
    first(summary);
    time(summary, run);
    requests(summary, run);
    coldStarts(summary);
    bill(summary);
    replicas(summary);
    checks(summary);
    events(run);
    notices(summary);
  };
})();
