// Cost against latency of all policies, with the front of those that none beats and the optimum's line.
const contenders = {
  ran: (json) => json.policies.filter((policy) => !policy.not_run),
  label: (policy) => policy.label || policy.name,

  // Short names of the policies with these labels: without settings where the name says enough.
  short(json, labels) {
    return labels
      .map((label) => {
        const policy = json.policies.find((one) => contenders.label(one) === label);
        if (!policy || label.length <= 24) return label;
        if (json.policies.filter((one) => one.name === policy.name).length === 1) return policy.name;
        return `${policy.name} …${policy.settings.slice(-10)}`;
      })
      .join(", ");
  },
};

const paretoChart = (() => {
  const slack = 0.01; // as engine/report/comparison.cpp has it: who leaves more unanswered than that dominates nobody
  const styleOf = (policy) => (policy.pareto ? "front" : unanswered(policy) ? "unanswered" : "beaten");
  const unanswered = (policy) => (facts.at(policy, ["unanswered_share", "mean"]) || 0) > slack;

  function wordsOf(point, json) {
    const { policy, x, y } = point;
    const missing = unanswered(policy)
      ? `${notation.percent(policy.unanswered_share.mean)} of requests unanswered`
      : null;
    return [
      contenders.label(policy),
      `p95 ${notation.length(x)}`,
      `${notation.money(y)} ${json.currency}`,
      policy.pareto ? "on the Pareto front" : null,
      missing,
    ].filter(Boolean);
  }

  function scales(points, optimum, left, right, top, foot) {
    const xs = points
      .flatMap(({ policy, x }) => [x, ...(policy.latency_s.p95.ci95 || [])])
      .filter((value) => value > 0);
    const ys = points.flatMap(({ policy, y }) => [y, ...(policy.cost.ci95 || [])]);
    return {
      x: d3
        .scaleLog()
        .domain([d3.min(xs) / 1.25, d3.max(xs) * 1.25])
        .range([left, right]),
      y: d3
        .scaleLinear()
        .domain([0, Math.max(d3.max(ys), optimum ? optimum.total : 0) * 1.08])
        .nice()
        .range([foot, top]),
    };
  }

  function mark({ policy, x: px, y: py }, { x, y }, json) {
    const words = wordsOf({ policy, x: px, y: py }, json);
    return {
      x: x(px),
      y: y(py),
      policy,
      words: `${words[0]}: ${words.slice(1).join(", ")}`,
      draw(g) {
        const [faster, slower] = policy.latency_s.p95.ci95 || [0, 0];
        const [cheaper, dearer] = policy.cost.ci95 || [py, py];
        if (faster > 0) add(g, "line", { class: "interval", x1: x(faster) - x(px), x2: x(slower) - x(px) });
        add(g, "line", { class: "interval", y1: y(cheaper) - y(py), y2: y(dearer) - y(py) });
        add(g, "circle", { class: `dot ${styleOf(policy)}`, r: 5.5 });
      },
    };
  }

  // Marks that lie on one another are told together, and named by the first of them.
  function gathered(marks) {
    for (const one of marks) {
      one.here = marks.filter((other) => Math.hypot(other.x - one.x, other.y - one.y) < 4);
      one.shown =
        one.here.length === 1
          ? one.words.split(": ").flatMap((part, i) => (i ? part.split(", ") : [part]))
          : [`${one.here.length} policies`, ...one.here.map((other) => other.words)];
    }
    return marks;
  }

  // Names beside the marks, none over another or over a mark: the front's first, the rest where there is room.
  function name(groups, marks, width, json) {
    const nodes = groups.nodes();
    const taken = marks.map((one) => [one.x - 6, one.x + 6, one.y + 4]); // from, to, foot
    for (const one of [...marks].sort((a, b) => Number(b.policy.pareto) - Number(a.policy.pareto))) {
      const first = one.here.find((other) => other.policy.pareto) || one.here[0];
      if (first !== one) continue;
      const text =
        contenders.short(json, [contenders.label(one.policy)]) +
        (one.here.length > 1 ? ` +${one.here.length - 1}` : "");
      const wide = text.length * 6.8;
      const places = [10, -10 - wide].flatMap((dx) => [-8, 18, 4].map((dy) => [dx, dy]));
      const place = places.find(
        ([dx, dy]) =>
          one.x + dx > 0 &&
          one.x + dx + wide < width &&
          taken.every(
            ([from, to, foot]) => one.x + dx > to || one.x + dx + wide < from || Math.abs(one.y + dy - foot) > 12,
          ),
      );
      if (!place) continue;
      const [dx, dy] = place;
      taken.push([one.x + dx, one.x + dx + wide, one.y + dy]);
      d3.select(nodes[marks.indexOf(one)]).append("text").attr("class", "label").attr("x", dx).attr("y", dy).text(text);
    }
  }

  function legendOf(points, bound) {
    const legend = [
      ["dot front", "on the Pareto front"],
      ["dot beaten", "not on it"],
      ["dot unanswered", "leaves requests unanswered"],
    ];
    return [
      ...legend.filter(([style]) => points.some(({ policy }) => `dot ${styleOf(policy)}` === style)),
      ...(bound ? [["optimum", bound]] : []),
    ];
  }

  function tableOf(points, json, bound) {
    const rows = points.map(({ policy, x, y }) => [
      contenders.label(policy),
      notation.length(x),
      notation.money(y),
      policy.pareto ? "on it" : "",
      (policy.dominated_by || []).join("; "),
    ]);
    if (bound) {
      const total = facts.number(json, ["optimum", "total"], notation.money, json.optimum.ci95);
      rows.push([bound, "", total, "", ""]);
    }
    const numbers = ["p95", `cost, ${json.currency}`].map((text) => ({ text, number: true }));
    return { head: ["policy", ...numbers, "Pareto front", "dominated by"], rows };
  }

  function draw(svg, width, tall, tip, points, json) {
    const [left, right, top, foot] = [52, width - 20, 14, tall - 44];
    const { optimum } = json;
    const { x, y } = scales(points, optimum, left, right, top, foot);
    const up = d3
      .axisLeft(y)
      .ticks(6)
      .tickSize(left - right);
    add(svg, "g", { class: "axis rules", "aria-hidden": "true", transform: `translate(${left},0)` }).call(up);
    axes.logTime(svg, x, foot);
    add(svg, "text", { class: "strip", x: right, y: tall - 6, "text-anchor": "end" }).text("latency, p95");
    add(svg, "text", { class: "strip", x: left + 6, y: top + 4 }).text(`cost, ${json.currency}`);
    if (optimum) {
      const level = y(optimum.total);
      add(svg, "line", { class: "line optimum", x1: left, x2: right, y1: level, y2: level });
    }
    const front = points.filter(({ policy }) => policy.pareto).sort((a, b) => a.x - b.x);
    add(svg, "path", { class: "line front", d: steps.line(x, y)(front.map((point) => [point.x, point.y])) });
    const marks = gathered(points.map((point) => mark(point, { x, y }, json)));
    name(walkable(svg, marks, tip), marks, width, json);
  }

  return function show(parent, json) {
    const all = contenders.ran(json).map((policy) => {
      return { policy, x: facts.at(policy, ["latency_s", "p95", "mean"]), y: facts.at(policy, ["cost", "mean"]) };
    });
    const points = all.filter((point) => point.x > 0 && point.y !== undefined);
    if (points.length === 0) return;
    const silent = all.filter((point) => !points.includes(point)).map(({ policy }) => contenders.label(policy));
    const without = silent.length
      ? ` Without an answer, and so without a latency: ${contenders.short(json, silent)}.`
      : "";
    const bound = json.optimum && `optimum, waits up to ${notation.length(json.optimum.wait_allowed_s)}`;
    chart(parent, {
      title: "Cost against latency",
      note:
        "Left is faster, down is cheaper; who is on the front is beaten by none in both. " +
        `Lines through the dots are 95 % intervals.${without}`,
      legend: legendOf(points, bound),
      height: (width) => (width < 520 ? 340 : 400),
      table: tableOf(points, json, bound),
      draw: (svg, width, tip, tall) => draw(svg, width, tall, tip, points, json),
    });
  };
})();
