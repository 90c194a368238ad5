// Charts along the time of a run: replicas and decisions, requests, nodes.
const overTime = (() => {
  const margin = { left: 40, right: 12, top: 10, foot: 24 };

  const xOf = (end, width) => d3.scaleLinear([0, end], [margin.left, width - margin.right]);
  const yOf = (most, top, foot) => d3.scaleLinear([0, Math.max(1, most)], [foot, top]);

  function dots(svg, x, y, events) {
    const group = add(svg, "g", { "aria-hidden": "true" });
    for (const event of events)
      add(group, "circle", {
        class: `dot ${event.kind}`,
        r: events.length > 100 ? 2.5 : 4,
        cx: x(event.t_s),
        cy: y(event),
      });
  }

  function faultLines(svg, x, foot, events) {
    const group = add(svg, "g", { "aria-hidden": "true" });
    for (const { t_s: t } of events.filter((event) => event.kind === "fault"))
      add(group, "line", { class: "fault", x1: x(t), x2: x(t), y1: margin.top, y2: foot });
  }

  function replicas(parent, run, name) {
    const named = [
      ["existing", "replicas", "replicas"],
      ["ready", "ready", "ready"],
      ["desired", "desired", "desired"],
    ];
    const lines = named
      .map(([style, text, field]) => ({ style, text, steps: steps.of(run, "function", name, field) }))
      .filter((line) => line.steps);
    if (lines.length === 0) return;
    const end = run.simulated_s;
    const decisions = run.events.filter((event) => event.kind === "decision" && event.name === name);
    const events = run.events.filter((event) => event.kind === "fault" || decisions.includes(event));
    const faulty = events.length > decisions.length;
    chart(parent, {
      title: `Replicas of ${name}`,
      note: decisions.length
        ? "Each dot is a decision of the policy: point at it, or press Page Down in the chart."
        : null,
      legend: [
        ...lines.map(({ style, text }) => [
          style,
          style === "existing" ? "replicas, starting and stopping ones too" : text,
        ]),
        ...(decisions.length ? [["dot decision", "decision"]] : []),
        ...(faulty ? [["fault", "fault"]] : []),
      ],
      height: 170,
      table: steps.tableOf(lines, events),
      draw(svg, width, tip, tall) {
        const foot = tall - margin.foot;
        const x = xOf(end, width);
        const y = yOf(
          d3.max(lines, (line) => steps.peak(line.steps)),
          margin.top + 6,
          foot,
        );
        axes.counts(svg, y, margin.left, width - margin.right);
        for (const line of lines)
          if (line.style !== "desired")
            add(svg, "path", { class: `area ${line.style}`, d: steps.area(x, y)(steps.until(end, line.steps)) });
        for (const line of lines)
          add(svg, "path", { class: `line ${line.style}`, d: steps.line(x, y)(steps.until(end, line.steps)) });
        axes.time(svg, x, foot, end);
        faultLines(svg, x, foot, events);
        dots(svg, x, (event) => y(event.desired || 0), decisions);
        moment.explorable(svg, x, margin.top, foot, { lines, events, end }, tip);
      },
    });
  }

  // Queued requests stand on those in flight: the whole is what is in the system.
  function requests(parent, run, name) {
    const lines = [
      ["queued", "queued", "queued"],
      ["served", "in flight", "in_flight"],
    ].map(([style, text, field]) => ({ style, text, steps: steps.of(run, "function", name, field) }));
    if (!lines.every((line) => line.steps)) return;
    const end = run.simulated_s;
    const events = run.events.filter((event) => event.kind === "note" || event.kind === "fault");
    const stacked = steps.until(
      end,
      steps.moments(lines).map(([t, queued, inFlight]) => [t, queued + inFlight, inFlight]),
    );
    const inFlight = stacked.map(([t, , value]) => [t, value]);
    chart(parent, {
      title: `Requests of ${name}`,
      legend: [
        ["served", "in flight"],
        ["queued", "queued"],
      ],
      height: 150,
      table: steps.tableOf(lines, events),
      draw(svg, width, tip, tall) {
        const foot = tall - margin.foot;
        const x = xOf(end, width);
        const y = yOf(steps.peak(stacked), margin.top + 6, foot);
        axes.counts(svg, y, margin.left, width - margin.right);
        add(svg, "path", { class: "area queued", d: steps.area(x, y, (step) => step[2])(stacked) });
        add(svg, "path", { class: "area served", d: steps.area(x, y)(inFlight) });
        axes.time(svg, x, foot, end);
        faultLines(svg, x, foot, events);
        moment.explorable(svg, x, margin.top, foot, { lines, events, end }, tip);
      },
    });
  }

  function nodes(parent, run) {
    const pools = run.series.columns.filter((column) => column.scope === "pool" && column.field === "nodes");
    if (pools.length === 0) return;
    const lines = pools.map(({ name }) => ({ style: "node", text: name, steps: steps.of(run, "pool", name, "nodes") }));
    const events = run.events.filter((event) => event.kind === "node" || event.kind === "fault");
    const end = run.simulated_s;
    const strip = 70;
    chart(parent, {
      title: "Nodes",
      note: events.length ? "A strip for each pool; each dot is a step of a node's life." : "A strip for each pool.",
      legend: [
        ["node", "nodes of the pool"],
        ...(events.length ? [["dot node", "ordered, created, ready, marked, gone"]] : []),
      ],
      height: pools.length * strip + margin.top + margin.foot,
      table: steps.tableOf(lines, events),
      draw(svg, width, tip, tall) {
        const x = xOf(end, width);
        lines.forEach((line, i) => {
          const top = margin.top + i * strip;
          const foot = top + strip - 6;
          const y = yOf(steps.peak(line.steps), top + 26, foot);
          const shown = steps.until(end, line.steps);
          axes.counts(svg, y, margin.left, width - margin.right, y.domain());
          add(svg, "path", { class: "area node", d: steps.area(x, y)(shown) });
          add(svg, "path", { class: "line node", d: steps.line(x, y)(shown) });
          add(svg, "text", { class: "strip", x: margin.left, y: top + 16 }).text(line.text);
          dots(
            svg,
            x,
            () => foot,
            events.filter((event) => event.name === line.text),
          );
        });
        axes.time(svg, x, tall - margin.foot, end);
        moment.explorable(svg, x, margin.top, tall - margin.foot, { lines, events, end }, tip);
      },
    });
  }

  return { replicas, requests, nodes };
})();
