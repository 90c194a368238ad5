// The page of policies held against each other (thaw.compare/v1).
const comparisonPage = (() => {
  const numbers = (list) => list.map((text) => ({ text, number: true }));

  // What `keys` lead to in json.LIST[i]: {mean, ci95}, or a mean whose interval stands apart, under ci95.
  function estimate(json, list, i, keys, format) {
    const value = facts.at(json, [list, i, ...keys]);
    if (typeof value === "number")
      return facts.number(json, [list, i, ...keys], format, facts.at(json, [list, i, "ci95", ...keys]));
    return facts.number(json, [list, i, ...keys, "mean"], format, value ? value.ci95 : null);
  }

  function head(json) {
    document
      .getElementById("head")
      .append(
        element("p", { class: "kind" }, "thaw compare"),
        element("h1", {}, json.scenario),
        element(
          "p",
          { class: "line" },
          [
            `${notation.count(json.policies.length)} policies`,
            `${notation.count(json.replications)} replications from seed ${json.seed} on`,
            json.warm_up_s > 0 ? `the first ${notation.length(json.warm_up_s)} not counted` : null,
          ]
            .filter(Boolean)
            .join(" · "),
        ),
      );
  }

  // A policy's name with what is to be said of it at once.
  function named(json, policy) {
    const below = (words, style = "") => (words ? element("span", { class: `range ${style}` }, words) : null);
    const [by, ...others] = policy.dominated_by || [];
    const dominated =
      by && `dominated by ${contenders.short(json, [by])}${others.length ? ` and ${others.length} more` : ""}`;
    return element(
      "span",
      {},
      policy.name,
      below(policy.settings),
      below(policy.not_run && `not run: ${policy.not_run}`),
      below(policy.pareto && "on the Pareto front", "held"),
      below(dominated),
    );
  }

  // A column that no policy fills is left out.
  function policies(parent, json) {
    const columns = [
      [`cost, ${json.currency}`, ["cost"], notation.money],
      ["per 1000 requests", ["cost_per_1000_requests"], notation.money],
      ["cost / optimum", ["cost_over_optimum"], notation.mean],
      ...["p50", "p95", "p99"].map((key) => [key, ["latency_s", key], notation.length]),
      ["cold", ["cold_share"], notation.percent],
      ["unanswered", ["unanswered_share"], notation.percent],
      ["changes an hour", ["changes_per_hour"], notation.mean],
    ];
    const cells = columns.map(([, keys, format]) =>
      json.policies.map((_, i) => estimate(json, "policies", i, keys, format)),
    );
    const kept = columns.map((_, c) => c).filter((c) => cells[c].some((cell) => cell !== ""));
    const checked = (policy) => (policy.not_run ? "" : policy.held ? "✓ held" : "✗ failed");
    parent.append(
      table(
        "Policies",
        ["policy", ...numbers(kept.map((c) => columns[c][0])), "checks"],
        json.policies.map((policy, i) => [named(json, policy), ...kept.map((c) => cells[c][i]), checked(policy)]),
        { class: "policies" },
      ),
    );
  }

  // Of those whose promise the bound shares; the parts add up to cost / optimum less 1.
  function aboveOptimum(json) {
    const parts = [
      ["in service", "served_longer"],
      ["idle", "kept_longer"],
      ["starting", "started_more"],
      ["no replica", "nodes_unused"],
    ];
    const rows = contenders.ran(json).filter((policy) => policy.above_optimum);
    if (rows.length === 0) return;
    const parent = section("Above the optimum", "above-optimum");
    parent.append(
      element(
        "p",
        { class: "note" },
        "What each paid beyond the least that would have done for the same requests and waits, in multiples of that.",
      ),
      table(
        "Above the optimum",
        ["policy", ...numbers(parts.map(([name]) => name))],
        rows.map((policy) => [
          contenders.label(policy),
          ...parts.map(([, part]) =>
            estimate(json, "policies", json.policies.indexOf(policy), ["above_optimum", part], notation.mean),
          ),
        ]),
      ),
    );
  }

  function waste(parent, json) {
    const kinds = money.kinds.filter(([kind]) => kind !== "useful");
    const rows = contenders.ran(json).filter((policy) => policy.waste);
    if (rows.length === 0) return;
    const amount = (policy, kind) => policy.waste[kind] || 0;
    const whole = (policy) => d3.sum(kinds, ([kind]) => amount(policy, kind));
    const stacked = (width) => width < 520; // the name above its bar, where there is no room beside it
    const strip = (width) => (stacked(width) ? 46 : 28);
    chart(parent, {
      title: "Waste by kind",
      note: `What was paid for and served nobody, in ${json.currency}.`,
      legend: kinds
        .filter(([kind]) => rows.some((policy) => amount(policy, kind) > 0))
        .map(([kind, name]) => [kind, name]),
      height: (width) => rows.length * strip(width) + 8,
      table: {
        head: ["policy", ...numbers(kinds.map(([, name]) => name))],
        rows: rows.map((policy) => [
          contenders.label(policy),
          ...kinds.map(([kind]) =>
            estimate(json, "policies", json.policies.indexOf(policy), ["waste", kind], notation.money),
          ),
        ]),
      },
      draw(svg, width, tip) {
        const left = stacked(width) ? 0 : 190;
        const right = width - 66;
        const down = stacked(width) ? 18 : 0;
        const x = d3
          .scaleLinear()
          .domain([0, d3.max(rows, whole) || 1])
          .range([0, right - left]);
        walkable(
          svg,
          rows.map((policy, i) => ({
            x: left,
            y: 4 + i * strip(width),
            words: `${contenders.label(policy)}: ${kinds.map(([kind, name]) => `${name} ${notation.money(amount(policy, kind))}`).join(", ")}`,
            shown: [
              contenders.label(policy),
              ...kinds.map(([kind, name]) => ({
                style: kind,
                text: `${name} ${notation.money(amount(policy, kind))}`,
              })),
            ],
            draw(g) {
              let from = 0;
              for (const [kind] of kinds) {
                add(g, "rect", {
                  class: `bar ${kind}`,
                  x: x(from),
                  y: down,
                  height: 20,
                  width: Math.max(0, x(amount(policy, kind)) - 1),
                  "data-of": facts.pointer(["policies", json.policies.indexOf(policy), "waste", kind]),
                });
                from += amount(policy, kind);
              }
              add(g, "text", {
                class: "label",
                x: down ? 0 : -10,
                y: down ? 12 : 15,
                "text-anchor": down ? "start" : "end",
              }).text(contenders.short(json, [contenders.label(policy)]));
              add(g, "text", { class: "label", x: x(from) + 6, y: down + 15 }).text(notation.money(from));
            },
          })),
          tip,
        );
      },
    });
  }

  function pairs(parent, json) {
    if (!json.pairs || json.pairs.length === 0) return;
    const signed = (seconds) => (seconds > 0 ? `+${notation.length(seconds)}` : notation.length(seconds));
    const shown = table(
      "Differences under the same random numbers, with 95 % intervals",
      ["policy", "against", ...numbers(["cost, ratio", "p95, difference"])],
      json.pairs.map((pair, i) => [
        pair.a,
        pair.b,
        estimate(json, "pairs", i, ["cost_ratio"], (ratio) => ratio.toFixed(3)),
        estimate(json, "pairs", i, ["p95_difference_s"], signed),
      ]),
    );
    parent.append(
      json.pairs.length > 12
        ? element("details", {}, element("summary", {}, `${notation.count(json.pairs.length)} pairs`), shown)
        : shown,
    );
  }

  return function show(json) {
    head(json);
    paretoChart(section("The Pareto front", "pareto"), json);
    policies(section("All policies", "policies"), json);
    waste(section("Waste", "waste"), json);
    aboveOptimum(json);
    if (json.pairs && json.pairs.length) pairs(section("Pair by pair", "pairs"), json);
    if (json.notices && json.notices.length)
      facts.list(section("What was assumed or left out", "notices"), json.notices);
  };
})();
