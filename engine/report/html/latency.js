// How latencies are spread, and how sure their percentiles are.
const latency = (() => {
  const named = [
    ["p50", "p50"],
    ["p95", "p95"],
    ["p99", "p99"],
  ];

  // bins: [[from_s, to_s, count]]; spread: {mean, p50, …} in seconds.
  function distribution(parent, name, bins, spread, note) {
    const total = d3.sum(bins, (bin) => bin[2]);
    if (total < 2) return;
    let below = 0;
    const rows = bins.map(([from, to, count]) => {
      below += count;
      return [
        notation.length(from),
        notation.length(to),
        notation.count(count),
        notation.percent(count / total),
        notation.percent(below / total),
      ];
    });
    const least = Math.max(1e-7, bins[0][0] || bins[0][1] / 2);
    chart(parent, {
      title: `Latency of ${name}`,
      note,
      legend: [
        ["served", "completed requests"],
        ["percentile", "percentile"],
      ],
      height: 210,
      table: {
        head: ["from", "to below", ...["requests", "share", "up to here"].map((text) => ({ text, number: true }))],
        rows,
      },
      draw(svg, width, tip, tall) {
        const left = 48;
        const right = width - 16;
        const top = 56;
        const foot = tall - 24;
        const x = d3
          .scaleLog()
          .domain([least, Math.max(bins[bins.length - 1][1], least * 1.2)])
          .range([left, right]);
        const y = d3
          .scaleLinear()
          .domain([0, d3.max(bins, (bin) => bin[2])])
          .range([foot, top]);
        axes.counts(svg, y, left, right);
        const marks = bins.map(([from, to, count], i) => {
          const x0 = x(Math.max(from, least));
          const x1 = x(Math.max(to, least * 1.01));
          return {
            x: x0,
            y: y(count),
            words: `${rows[i][0]} to ${rows[i][1]}: ${rows[i][2]} requests, ${rows[i][3]}`,
            draw(g) {
              add(g, "rect", {
                class: "bar served",
                width: Math.max(1, x1 - x0 - 1),
                height: Math.max(1, foot - y(count)),
              });
              add(g, "rect", { class: "reach", width: Math.max(1, x1 - x0), y: top - y(count), height: foot - top });
            },
          };
        });
        walkable(svg, marks, tip);
        const lines = named.map(([key, text], row) => {
          const px = x(Math.min(Math.max(spread[key], least), x.domain()[1]));
          return { px, py: 14 + row * 14, flip: px > width - 110, text: `${text} ${notation.length(spread[key])}` };
        });
        for (const { px, py } of lines) add(svg, "line", { class: "percentile", x1: px, x2: px, y1: py - 9, y2: foot });
        for (const { px, py, flip, text } of lines)
          add(svg, "text", {
            class: "label",
            x: flip ? px - 5 : px + 5,
            y: py,
            "text-anchor": flip ? "end" : "start",
          }).text(text);
        axes.logTime(svg, x, foot);
      },
    });
  }

  // Means over replications with their intervals. rows: [{text, value, low, high}] in seconds.
  function intervals(parent, title, rows) {
    const positive = rows.filter((row) => row.low > 0);
    if (positive.length === 0) return;
    const strip = 26;
    chart(parent, {
      title,
      note: "The dot is the mean over the replications, the line its 95 % interval.",
      height: positive.length * strip + 40,
      table: {
        head: ["", ...["mean", "from", "to"].map((text) => ({ text, number: true }))],
        rows: rows.map((row) => [row.text, ...[row.value, row.low, row.high].map(notation.length)]),
      },
      draw(svg, width, tip, tall) {
        const left = 56;
        const right = width - 84;
        const foot = tall - 26;
        const x = d3
          .scaleLog()
          .domain([d3.min(positive, (row) => row.low) / 1.1, d3.max(positive, (row) => row.high) * 1.1])
          .range([left, right]);
        axes.logTime(svg, x, foot);
        walkable(
          svg,
          positive.map((row, i) => ({
            x: x(row.value),
            y: 16 + i * strip,
            words: `${row.text} ${notation.length(row.value)}, 95 % interval ${notation.length(row.low)} to ${notation.length(row.high)}`,
            draw(g) {
              add(g, "line", { class: "interval", x1: x(row.low) - x(row.value), x2: x(row.high) - x(row.value) });
              add(g, "circle", { class: "dot estimate", r: 5 });
              add(g, "text", { class: "label", x: 8 - x(row.value), y: 4 }).text(row.text);
              add(g, "text", { class: "label", x: right + 10 - x(row.value), y: 4 }).text(notation.length(row.value));
            },
          })),
          tip,
        );
      },
    });
  }

  return { distribution, intervals };
})();
