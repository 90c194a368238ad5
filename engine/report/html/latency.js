// How latencies are spread, and how sure their percentiles are.
const latency = (() => {
  const named = ["p50", "p95", "p99"];
  const numbers = (list) => list.map((text) => ({ text, number: true }));

  function tableOf(bins, total) {
    let below = 0;
    const rows = bins.map(([from, to, count]) => {
      below += count;
      const shares = [count / total, below / total].map(notation.percent);
      return [notation.length(from), notation.length(to), notation.count(count), ...shares];
    });
    return { head: ["from", "to below", ...numbers(["requests", "share", "up to here"])], rows };
  }

  // Bins are not equally wide on a logarithmic scale, so a bar's area is its count, not its height.
  function bars(svg, x, top, foot, bins, rows, tip) {
    const [least] = x.domain();
    const placed = bins.map(([from, to, count]) => {
      const left = x(Math.max(from, least));
      const wide = Math.max(1, x(Math.max(to, least * 1.01)) - left);
      return { left, wide, density: count / wide };
    });
    const y = d3.scaleLinear([0, d3.max(placed, (bin) => bin.density)], [foot, top]);
    const marks = placed.map(({ left, wide, density }, i) => ({
      x: left,
      y: y(density),
      words: `${rows[i][0]} to ${rows[i][1]}: ${rows[i][2]} requests, ${rows[i][3]}`,
      draw(g) {
        add(g, "rect", { class: "bar served", width: wide, height: Math.max(1, foot - y(density)) });
        add(g, "rect", { class: "reach", width: wide, y: top - y(density), height: foot - top });
      },
    }));
    walkable(svg, marks, tip);
  }

  function percentileLines(svg, x, foot, spread, width) {
    const [least, largest] = x.domain();
    const lines = named.map((key, row) => {
      const px = x(Math.min(Math.max(spread[key], least), largest));
      return { px, py: 14 + row * 14, flip: px > width - 110, text: `${key} ${notation.length(spread[key])}` };
    });
    for (const { px, py } of lines) add(svg, "line", { class: "percentile", x1: px, x2: px, y1: py - 9, y2: foot });
    for (const { px, py, flip, text } of lines)
      add(svg, "text", {
        class: "label",
        x: flip ? px - 5 : px + 5,
        y: py,
        "text-anchor": flip ? "end" : "start",
      }).text(text);
  }

  // bins: [[from_s, to_s, count]]; spread: {mean, p50, …} in seconds.
  function distribution(parent, name, bins, spread, note) {
    const total = d3.sum(bins, (bin) => bin[2]);
    if (total < 2) return;
    const table = tableOf(bins, total);
    const least = Math.max(1e-7, bins[0][0] || bins[0][1] / 2);
    const largest = Math.max(bins[bins.length - 1][1], least * 1.2);
    chart(parent, {
      title: `Latency of ${name}`,
      note: `A bar's area is its number of requests.${note ? ` ${note}` : ""}`,
      legend: [
        ["served", "completed requests"],
        ["percentile", "percentile"],
      ],
      height: 210,
      table,
      draw(svg, width, tip, tall) {
        const foot = tall - 24;
        const x = d3.scaleLog([least, largest], [8, width - 16]);
        bars(svg, x, 56, foot, bins, table.rows, tip);
        percentileLines(svg, x, foot, spread, width);
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
