// Axes in the page's own style; numbers of time as thaw writes them.
const axes = (() => {
  const second = 1;
  const minute = 60;
  const hour = 3600;
  const day = 86400;
  const steps = [
    ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].map((n) => n * second),
    ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
    ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
    ...[1, 2, 3, 6, 12].map((n) => n * hour),
    ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * day),
  ];

  // An instant with no more units than it needs: 10min, 1h30min, 2d.
  function tick(seconds) {
    if (seconds === 0) return "0";
    if (seconds < minute) return notation.length(seconds);
    const parts = [
      [day, "d"],
      [hour, "h"],
      [minute, "min"],
      [second, "s"],
    ];
    let rest = Math.round(seconds),
      out = "";
    for (const [unit, name] of parts) {
      if (Math.floor(rest / unit) > 0) out += `${String(Math.floor(rest / unit)).padStart(out ? 2 : 1, "0")}${name}`;
      rest %= unit;
    }
    return out;
  }

  function timeTicks(end, width) {
    const most = Math.max(2, Math.floor(width / 64));
    const step = steps.find((one) => Math.floor(end / one) <= most) || steps[steps.length - 1];
    return d3.range(0, end + step / 1e6, step);
  }

  // Along the foot, `y` from the top.
  function time(svg, x, y, end) {
    const axis = d3
      .axisBottom(x)
      .tickValues(timeTicks(end, x.range()[1] - x.range()[0]))
      .tickFormat(tick)
      .tickSizeOuter(0);
    return add(svg, "g", { class: "axis", "aria-hidden": "true", transform: `translate(0,${y})` }).call(axis);
  }

  // Durations on a logarithmic scale: 1ms, 10ms, …, with 2 and 5 between where there is room.
  function logTime(svg, x, y) {
    const [low, high] = x.domain();
    const decades = Math.log10(high / low);
    const width = x.range()[1] - x.range()[0];
    const nice = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 60, 600, hour, 6 * hour, day, 10 * day, 100 * day];
    const fine = [
      ...nice,
      ...[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1].flatMap((n) => [2 * n, 5 * n]),
      15,
      20,
      30,
      45,
      120,
      300,
      1200,
      1800,
      2 * hour,
      12 * hour,
    ];
    const chosen = width / Math.max(decades, 0.1) > 190 ? fine : nice;
    let values = chosen.filter((n) => n >= low && n <= high).sort((a, b) => a - b);
    if (values.length < 4) {
      // hardly a decade: as even steps as there is room for
      const step = steps.find((one) => (high - low) / one <= Math.max(2, width / 72)) || high;
      values = d3.range(Math.ceil(low / step) * step, high, step);
    }
    const apart = [];
    for (const value of values) if (apart.length === 0 || x(value) - x(apart[apart.length - 1]) > 36) apart.push(value);
    const axis = d3.axisBottom(x).tickValues(apart).tickFormat(tick).tickSizeOuter(0);
    return add(svg, "g", { class: "axis", "aria-hidden": "true", transform: `translate(0,${y})` }).call(axis);
  }

  // Up the left side, with lines across the drawing.
  function counts(svg, y, left, right, values = y.ticks(4).filter(Number.isInteger)) {
    const axis = d3
      .axisLeft(y)
      .tickValues(values)
      .tickFormat(notation.count)
      .tickSize(left - right);
    return add(svg, "g", { class: "axis rules", "aria-hidden": "true", transform: `translate(${left},0)` }).call(axis);
  }

  return { time, logTime, counts, tick };
})();
