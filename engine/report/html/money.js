// The bill: of what kind, of which function, of which pool.
const money = (() => {
  const kinds = [
    ["useful", "useful", "a request in service"],
    ["idle_warm", "idle warm", "ready replicas without a request"],
    ["cold_start", "cold start", "nodes and replicas that are starting"],
    ["stranded", "stranded", "nothing of a function on it"],
    ["draining", "draining", "marked for removal"],
    ["fixed", "fixed", "pools that no function can use"],
  ];

  // One bar, its parts in the order of the ledger. parts: {kind: amount}.
  function bar(parent, summary) {
    const { parts, currency } = summary.cost;
    const total = d3.sum(kinds, ([kind]) => parts[kind] || 0);
    if (!(total > 0)) return;
    let from = 0;
    const rows = kinds
      .filter(([kind]) => parts[kind] > 0)
      .map(([kind, name, what]) => {
        const row = { kind, name, what, amount: parts[kind], from };
        from += row.amount;
        return row;
      });
    chart(parent, {
      title: "The bill",
      note: `${notation.money(summary.cost.total)} ${currency}, by what it paid for.`,
      height: 46,
      legend: rows.map((row) => [row.kind, `${row.name} ${notation.percent(row.amount / total)}`]),
      table: {
        head: ["kind", "what it paid for", { text: currency, number: true }, { text: "share", number: true }],
        rows: rows.map((row) => [row.name, row.what, notation.money(row.amount), notation.percent(row.amount / total)]),
      },
      draw(svg, width, tip) {
        const x = d3.scaleLinear().domain([0, total]).range([0, width]);
        walkable(
          svg,
          rows.map((row) => ({
            x: x(row.from),
            y: 4,
            words: `${row.name}: ${notation.money(row.amount)} ${currency}, ${notation.percent(row.amount / total)}; ${row.what}`,
            shown: [`${row.name} ${notation.money(row.amount)} ${currency}`, row.what],
            draw(g) {
              const wide = x(row.from + row.amount) - x(row.from);
              add(g, "rect", {
                class: `bar ${row.kind}`,
                "data-of": facts.pointer(["cost", "parts", row.kind]),
                width: Math.max(1, wide - 1),
                height: 36,
              });
            },
          })),
          tip,
        );
      },
    });
  }

  function byKind(parent, summary) {
    const rows = kinds.map(([kind, name, what]) => [
      name,
      facts.number(summary, ["cost", "parts", kind], notation.money),
      summary.cost.total > 0 ? notation.percent(summary.cost.parts[kind] / summary.cost.total) : "",
      what,
    ]);
    rows.push(["total", facts.number(summary, ["cost", "total"], notation.money), "", ""]);
    rows.push(["per 1000 requests", facts.number(summary, ["cost", "per_1000_requests"], notation.money), "", ""]);
    parent.append(
      table(
        "The bill by kind",
        ["bill", { text: summary.cost.currency, number: true }, { text: "share", number: true }, "what it paid for"],
        rows.filter((row) => row[1] !== ""),
        { class: "bill" },
      ),
    );
  }

  function byFunction(parent, summary) {
    const named = Object.keys(summary.functions).filter((name) => summary.functions[name].cost);
    if (named.length === 0) return;
    const parts = kinds.slice(0, 4);
    const rows = named.map((name) => [
      name,
      facts.number(summary, ["functions", name, "cost", "total"], notation.money),
      ...parts.map(([kind]) => facts.number(summary, ["functions", name, "cost", "parts", kind], notation.money)),
    ]);
    rows.push(["of no function", facts.number(summary, ["cost", "unattributed"], notation.money), "", "", "", ""]);
    parent.append(
      table(
        "The bill by function",
        [
          `cost, ${summary.cost.currency}`,
          ...["total", ...parts.map(([, name]) => name)].map((text) => ({ text, number: true })),
        ],
        rows,
      ),
    );
  }

  function byPool(parent, summary) {
    const of = (name) => (key, format) => facts.number(summary, ["pools", name, key], format);
    parent.append(
      table(
        "Pools",
        [
          "pool",
          ...["nodes mean", "peak", "node hours", "GPU busy", `cost, ${summary.cost.currency}`].map((text) => ({
            text,
            number: true,
          })),
        ],
        Object.keys(summary.pools).map((name) => {
          const cell = of(name);
          return [
            name,
            cell("nodes_mean", notation.mean),
            cell("nodes_peak", notation.count),
            cell("node_hours", notation.mean),
            cell("gpu_busy_ratio", notation.percent),
            cell("cost", notation.money),
          ];
        }),
      ),
    );
  }

  return { bar, byKind, byFunction, byPool, kinds };
})();
