// Charts along the time of a run: replicas and decisions, requests, nodes. Hover shows the moment below the pointer;
// with the keyboard, ← and → go to the next change, Page Up and Page Down to the next event.
const overTime = (() => {
  const margin = { left: 40, right: 12, top: 10, foot: 24 };
  const shared = new Set();  // what follows the pointer of any of the charts

  // [[t, value]] of a series, each value holding until the next.
  function steps(run, scope, name, field) {
    const column = run.series.columns.find((one) => one.scope === scope && one.name === name && one.field === field);
    if (!column) return null;
    const width = run.series.interval_s * run.series.every, out = [];
    for (let i = 0; i < column.changes.length; i += 2) out.push([column.changes[i] * width, column.changes[i + 1]]);
    return out;
  }

  const place = d3.bisector((step) => step[0]).right;
  const valueAt = (series, t) => series[Math.max(0, place(series, t) - 1)][1];
  const peak = (series) => d3.max(series, (step) => step[1]);

  // All instants at which one of the series changes, with the values of all.
  function moments(lines) {
    const times = [...new Set(lines.flatMap((line) => line.steps.map((step) => step[0])))].sort((a, b) => a - b);
    return times.map((t) => [t, ...lines.map((line) => valueAt(line.steps, t))]);
  }

  const tableOf = (lines, events) => ({
    head: ["time", ...lines.map((line) => ({ text: line.text, number: true })), "what happened"],
    rows: (() => {
      const rows = moments(lines).map(([t, ...values]) => [t, values, []]);
      for (const event of events) rows.push([event.t_s, lines.map((line) => valueAt(line.steps, event.t_s)), [event.words]]);
      rows.sort((a, b) => a[0] - b[0]);
      return rows.map(([t, values, words]) => [notation.instant(t), ...values.map(notation.count), words.join("; ")]);
    })(),
  });

  // What is said of the moment t: the values, and the events from `before` to `after`.
  function said(lines, events, t, before, after) {
    const happened = events.filter((event) => event.t_s >= before && event.t_s <= after);
    const shown = happened.slice(0, 6).map((event) => ({ style: `dot ${event.kind}`, text: `${notation.instant(event.t_s)}  ${event.words}` }));
    if (happened.length > 6) shown.push(`and ${happened.length - 6} more`);
    return [notation.instant(t), ...lines.map((line) => ({ style: line.style, text: `${line.text} ${notation.count(valueAt(line.steps, t))}` })), ...shown];
  }

  // Pointer and keyboard over a drawing whose x is time.
  function moving(svg, x, tall, end, lines, events, tip) {
    const line = svg.append("line").attr("class", "cursor").attr("y1", margin.top).attr("y2", tall - margin.foot).attr("visibility", "hidden");
    const follow = (t) => (t === null ? line.attr("visibility", "hidden") : line.attr("visibility", null).attr("x1", x(t)).attr("x2", x(t)));
    shared.add(follow);
    const tell = (t) => shared.forEach((one) => one(t));
    const [left, right] = x.range();
    const at = (t, before, after) => { tell(t); tip.show(x(t), margin.top + 30, said(lines, events, t, before, after)); };
    const leave = () => { tell(null); tip.hide(); };

    const instants = [...new Set([...lines.flatMap((one) => one.steps.map((step) => step[0])), ...events.map((event) => event.t_s), end])].sort((a, b) => a - b);
    const eventful = [...new Set(events.map((event) => event.t_s))];
    let now = 0;
    const surface = svg.append("rect").attr("class", "surface").attr("x", left).attr("y", margin.top)
      .attr("width", right - left).attr("height", tall - margin.top - margin.foot)
      .attr("tabindex", 0).attr("role", "slider").attr("aria-label", "Moment of the run")
      .attr("aria-valuemin", 0).attr("aria-valuemax", end);
    const settle = () => {
      surface.attr("aria-valuenow", now).attr("aria-valuetext", said(lines, events, now, now, now).map((part) => part.text || part).join(", "));
    };
    settle();
    const node = surface.node();
    node.addEventListener("pointermove", (event) => {
      const box = svg.node().getBoundingClientRect();
      const px = Math.max(left, Math.min(right, (event.clientX - box.left) * (x.range()[1] + margin.right) / box.width));
      at(x.invert(px), x.invert(px - 6), x.invert(px + 6));
    });
    node.addEventListener("pointerleave", leave);
    node.addEventListener("focus", () => { if (node.matches(":focus-visible")) at(now, now, now); });
    node.addEventListener("blur", leave);
    node.addEventListener("keydown", (event) => {
      const next = (list) => list.find((t) => t > now), last = (list) => [...list].reverse().find((t) => t < now);
      const keys = { ArrowRight: () => next(instants), ArrowLeft: () => last(instants), PageDown: () => next(eventful), PageUp: () => last(eventful), Home: () => 0, End: () => end };
      if (event.key === "Escape") return leave();
      if (!keys[event.key]) return;
      event.preventDefault();
      const to = keys[event.key]();
      if (to !== undefined) now = to;
      settle();
      at(now, now, now);
    });
  }

  const xOf = (end, width) => d3.scaleLinear().domain([0, end]).range([margin.left, width - margin.right]);
  const yOf = (most, top, foot) => d3.scaleLinear().domain([0, Math.max(1, most)]).range([foot, top]);
  const closed = (series, end) => [...series, [end, series[series.length - 1][1]]];
  const areaOf = (x, y, low = () => 0) => d3.area().curve(d3.curveStepAfter).x((step) => x(step[0])).y0((step) => y(low(step))).y1((step) => y(step[1]));
  const lineOf = (x, y) => d3.line().curve(d3.curveStepAfter).x((step) => x(step[0])).y((step) => y(step[1]));

  function marks(svg, x, y, events, kindOf = (event) => event.kind) {
    svg.append("g").attr("aria-hidden", "true").selectAll("circle").data(events).join("circle")
      .attr("class", (event) => `dot ${kindOf(event)}`).attr("r", events.length > 100 ? 2.5 : 4)
      .attr("cx", (event) => x(event.t_s)).attr("cy", y);
  }

  function faultLines(svg, x, tall, faults) {
    svg.append("g").attr("aria-hidden", "true").selectAll("line").data(faults).join("line").attr("class", "fault")
      .attr("x1", (event) => x(event.t_s)).attr("x2", (event) => x(event.t_s)).attr("y1", margin.top).attr("y2", tall - margin.foot);
  }

  function replicas(parent, run, name) {
    const field = (one) => steps(run, "function", name, one);
    const all = [["existing", "replicas", "replicas"], ["ready", "ready", "ready"], ["desired", "desired", "desired"]]
      .map(([style, text, column]) => ({ style, text, steps: field(column) })).filter((line) => line.steps);
    if (all.length === 0) return;
    const faults = run.events.filter((event) => event.kind === "fault");
    const decisions = run.events.filter((event) => event.kind === "decision" && event.name === name);
    const events = [...decisions, ...faults].sort((a, b) => a.t_s - b.t_s);
    const end = run.simulated_s;
    chart(parent, {
      title: `Replicas of ${name}`,
      note: decisions.length ? "Each dot is a decision of the policy: point at it, or press Page Down in the chart." : null,
      legend: [["existing", "replicas, starting and stopping ones too"], ["ready", "ready"], ["desired", "desired"],
        ...(decisions.length ? [["dot decision", "decision"]] : []), ...(faults.length ? [["fault", "fault"]] : [])],
      height: 170, table: tableOf(all, events),
      draw(svg, width, tip, tall) {
        const x = xOf(end, width), y = yOf(d3.max(all, (line) => peak(line.steps)), margin.top + 6, tall - margin.foot);
        axes.counts(svg, y, margin.left, width - margin.right);
        for (const line of all.filter((one) => one.style !== "desired")) svg.append("path").attr("class", `area ${line.style}`).attr("d", areaOf(x, y)(closed(line.steps, end)));
        for (const line of all) svg.append("path").attr("class", `line ${line.style}`).attr("d", lineOf(x, y)(closed(line.steps, end)));
        axes.time(svg, x, tall - margin.foot, end);
        faultLines(svg, x, tall, faults);
        marks(svg, x, (event) => y(event.desired === undefined ? 0 : event.desired), decisions);
        moving(svg, x, tall, end, all, events, tip);
      },
    });
  }

  function requests(parent, run, name) {
    const served = steps(run, "function", name, "in_flight"), waiting = steps(run, "function", name, "queued");
    if (!served || !waiting) return;
    const lines = [{ style: "queued", text: "queued", steps: waiting }, { style: "served", text: "in flight", steps: served }];
    const events = run.events.filter((event) => event.kind === "note" || event.kind === "fault");
    const end = run.simulated_s;
    const stacked = moments(lines).map(([t, queued, inFlight]) => [t, queued + inFlight, inFlight]);
    chart(parent, {
      title: `Requests of ${name}`, legend: [["served", "in flight"], ["queued", "queued"]],
      height: 150, table: tableOf(lines, events),
      draw(svg, width, tip, tall) {
        const x = xOf(end, width), y = yOf(peak(stacked), margin.top + 6, tall - margin.foot);
        axes.counts(svg, y, margin.left, width - margin.right);
        const last = stacked[stacked.length - 1], whole = [...stacked, [end, last[1], last[2]]];
        svg.append("path").attr("class", "area queued").attr("d", areaOf(x, y, (step) => step[2])(whole));
        svg.append("path").attr("class", "area served").attr("d", areaOf(x, y)(whole.map(([t, , inFlight]) => [t, inFlight])));
        svg.append("path").attr("class", "line total").attr("d", lineOf(x, y)(whole));
        axes.time(svg, x, tall - margin.foot, end);
        faultLines(svg, x, tall, events.filter((event) => event.kind === "fault"));
        moving(svg, x, tall, end, lines, events, tip);
      },
    });
  }

  function nodes(parent, run) {
    const pools = run.series.columns.filter((column) => column.scope === "pool" && column.field === "nodes").map((column) => column.name);
    if (pools.length === 0) return;
    const lines = pools.map((pool) => ({ style: "node", text: pool, steps: steps(run, "pool", pool, "nodes") }));
    const events = run.events.filter((event) => event.kind === "node" || event.kind === "fault");
    const end = run.simulated_s, strip = 70;
    chart(parent, {
      title: "Nodes", note: events.length ? "A strip for each pool; each dot is a step of a node's life." : "A strip for each pool.",
      legend: [["node", "nodes of the pool"], ...(events.length ? [["dot node", "ordered, created, ready, marked, gone"]] : [])],
      height: pools.length * strip + margin.top + margin.foot, table: tableOf(lines, events),
      draw(svg, width, tip, tall) {
        const x = xOf(end, width);
        lines.forEach((line, i) => {
          const top = margin.top + i * strip;
          const y = yOf(peak(line.steps), top + 26, top + strip - 6);
          axes.counts(svg, y, margin.left, width - margin.right, y.domain());
          svg.append("path").attr("class", "area node").attr("d", areaOf(x, y)(closed(line.steps, end)));
          svg.append("path").attr("class", "line node").attr("d", lineOf(x, y)(closed(line.steps, end)));
          svg.append("text").attr("class", "strip").attr("x", margin.left).attr("y", top + 16).text(line.text);
          marks(svg, x, top + strip - 6, events.filter((event) => event.name === line.text));
        });
        axes.time(svg, x, tall - margin.foot, end);
        moving(svg, x, tall, end, lines, events, tip);
      },
    });
  }

  return { replicas, requests, nodes };
})();
