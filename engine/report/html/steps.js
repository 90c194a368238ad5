// Series of a run: [[t, value]], each value holding until the next. How they are read and drawn.
const steps = (() => {
  // null: the page has no such series.
  function of(run, scope, name, field) {
    const column = run.series.columns.find((one) => one.scope === scope && one.name === name && one.field === field);
    if (!column) return null;
    const apart = run.series.interval_s * run.series.every;
    const out = [];
    for (let i = 0; i < column.changes.length; i += 2) out.push([column.changes[i] * apart, column.changes[i + 1]]);
    return out;
  }

  const place = d3.bisector((step) => step[0]).right;
  const valueAt = (series, t) => series[Math.max(0, place(series, t) - 1)][1];
  const peak = (series) => d3.max(series, (step) => step[1]);
  const inOrder = (times) => [...new Set(times)].sort((a, b) => a - b);

  // All instants at which one of the lines changes, with the values of all: [[t, value, value, …]].
  function moments(lines) {
    const times = inOrder(lines.flatMap((line) => line.steps.map((step) => step[0])));
    return times.map((t) => [t, ...lines.map((line) => valueAt(line.steps, t))]);
  }

  // The same with what happened, as a chart's table.
  function tableOf(lines, events) {
    const rows = moments(lines).map(([t, ...values]) => [t, values, ""]);
    for (const { t_s: t, words } of events) rows.push([t, lines.map((line) => valueAt(line.steps, t)), words]);
    rows.sort((a, b) => a[0] - b[0]);
    return {
      head: ["time", ...lines.map((line) => ({ text: line.text, number: true })), "what happened"],
      rows: rows.map(([t, values, words]) => [notation.instant(t), ...values.map(notation.count), words]),
    };
  }

  // The last value holds until the end of the run.
  const until = (end, series) => [...series, [end, ...series[series.length - 1].slice(1)]];

  const path = (shape, x) => shape.curve(d3.curveStepAfter).x((step) => x(step[0]));
  const line = (x, y) => path(d3.line(), x).y((step) => y(step[1]));
  const area = (x, y, low = () => 0) =>
    path(d3.area(), x)
      .y0((step) => y(low(step)))
      .y1((step) => y(step[1]));

  return { of, valueAt, peak, inOrder, moments, tableOf, until, line, area };
})();
