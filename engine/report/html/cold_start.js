// A cold start, stage by stage, each beginning where the one before ends: docs/ledger.md.
const coldStart = (() => {
  const meaning = {
    policy: ["control", "until the replica is asked for"],
    node_order: ["machine", "until a node is ordered"],
    boot: ["machine", "until its VM exists"],
    join: ["machine", "until the Node is Ready"],
    gpu: ["machine", "until its GPUs are allocatable"],
    schedule: ["machine", "until the pod is bound"],
    image: ["pod", "until the image is on the node"],
    container: ["pod", "until the process runs"],
    model: ["pod", "until the model is there"],
    load: ["pod", "until the weights are on the GPU"],
    ready: ["control", "until the call is let go"],
    queue: ["control", "until service begins"],
  };

  function waterfall(parent, summary, name, requests) {
    const stages = summary.functions[name].cold_start_stages_s;
    const path = (stage) => ["functions", name, "cold_start_stages_s", stage];
    const total = d3.sum(Object.values(stages));
    let from = 0;
    const rows = Object.entries(stages)
      .filter(([, takes]) => takes > 0)
      .map(([stage, takes]) => {
        const row = { stage, takes, from, kind: meaning[stage][0], until: meaning[stage][1] };
        from += takes;
        return row;
      });
    if (rows.length === 0) return;
    const strip = 26;
    chart(parent, {
      title: `Cold start of ${name}`,
      note: `Where ${requests} waited, on average: ${notation.length(total)} from arrival to service. Stages that took no time are left out.`,
      legend: [
        ["machine", "the node"],
        ["pod", "the pod on it"],
        ["control", "policy, gateway and queue"],
      ].filter(([kind]) => rows.some((row) => row.kind === kind)),
      height: rows.length * strip + 34,
      table: {
        head: ["stage", "lasts", ...["begins", "takes", "share"].map((text) => ({ text, number: true }))],
        rows: rows.map((row) => [
          row.stage,
          row.until,
          notation.length(row.from),
          facts.number(summary, path(row.stage), notation.length),
          notation.percent(row.takes / total),
        ]),
      },
      draw(svg, width, tip, tall) {
        const left = 88;
        const right = width - 76;
        const foot = tall - 24;
        const x = d3.scaleLinear().domain([0, total]).range([left, right]);
        axes.time(svg, x, foot, total);
        walkable(
          svg,
          rows.map((row, i) => ({
            x: x(row.from),
            y: 4 + i * strip,
            words: `${row.stage}: ${notation.length(row.takes)}, ${row.until}`,
            shown: [`${row.stage} ${notation.length(row.takes)}`, row.until],
            draw(g) {
              const wide = Math.max(2, x(row.from + row.takes) - x(row.from));
              add(g, "line", { class: "lead", y1: strip - 4, y2: foot - 4 - i * strip });
              add(g, "rect", {
                class: `bar ${row.kind}`,
                "data-of": facts.pointer(path(row.stage)),
                width: wide,
                height: strip - 6,
                rx: 2,
              });
              add(g, "text", { class: "label", x: left - 10 - x(row.from), y: 14, "text-anchor": "end" }).text(
                row.stage,
              );
              add(g, "text", { class: "label", x: wide + 6, y: 14 }).text(notation.length(row.takes));
            },
          })),
          tip,
        );
      },
    });
  }

  return { waterfall };
})();
