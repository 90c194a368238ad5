// The page of policies held against each other (thaw.compare/v1).
const comparisonPage = (() => {
  const numbers = (list) => list.map((text) => ({ text, number: true }));
  const meanOf = (estimate) => (estimate === null || estimate === undefined ? undefined : estimate.mean);
  const ran = (json) => json.policies.filter((policy) => !policy.not_run);

  // What `keys` lead to in json.LIST[i]: {mean, ci95}, or a mean whose interval stands apart, under ci95.
  function estimate(json, list, i, keys, format) {
    const value = facts.at(json, [list, i, ...keys]);
    if (typeof value === "number") return facts.number(json, [list, i, ...keys], format, facts.at(json, [list, i, "ci95", ...keys]));
    return facts.number(json, [list, i, ...keys, "mean"], format, value ? value.ci95 : null);
  }

  const labelOf = (policy) => policy.label || policy.name;
  const short = (text) => (text.length > 26 ? `${text.slice(0, 24)}…` : text);

  function head(json) {
    document.getElementById("head").append(element("p", { class: "kind" }, "thaw compare"), element("h1", {}, json.scenario),
      element("p", { class: "line" }, [`${notation.count(json.policies.length)} policies`, `${notation.count(json.replications)} replications from seed ${json.seed} on`,
        json.warm_up_s > 0 ? `the first ${notation.length(json.warm_up_s)} not counted` : null].filter(Boolean).join(" · ")));
  }


  function pareto(parent, json) {
    const points = ran(json).map((policy) => ({ policy, x: meanOf(facts.at(policy, ["latency_s", "p95"])), y: meanOf(policy.cost) })).filter((point) => point.x > 0 && point.y !== undefined);
    if (points.length === 0) return;
    const front = points.filter((point) => point.policy.pareto).sort((a, b) => a.x - b.x);
    const optimum = json.optimum;
    const bound = optimum ? `optimum, waits up to ${notation.length(optimum.wait_allowed_s || 0)}` : null;
    chart(parent, {
      title: "Cost against latency", note: "Left is faster, down is cheaper. A policy on the front is beaten by none in both; lines are 95 % intervals.",
      legend: [["dot front", "on the Pareto front"], ["dot beaten", "dominated by another"], ...(optimum ? [["optimum", bound]] : [])],
      height: (width) => (width < 520 ? 340 : 400),
      table: {
        head: ["policy", ...numbers(["p95", `cost, ${json.currency}`]), "Pareto front", "dominated by"],
        rows: [...points.map(({ policy, x, y }) => [labelOf(policy), notation.length(x), notation.money(y), policy.pareto ? "yes" : "no", [].concat(policy.dominated_by || []).join(", ")]),
          ...(optimum ? [[bound, "", notation.money(optimum.total), "", ""]] : [])],
      },
      draw(svg, width, tip, tall) {
        const left = 64, right = width - 20, top = 14, foot = tall - 44;
        const xs = points.flatMap(({ policy, x }) => [x, ...(facts.at(policy, ["latency_s", "p95", "ci95"]) || [])]).filter((value) => value > 0);
        const ys = points.flatMap(({ policy, y }) => [y, ...(policy.cost.ci95 || [])]);
        const x = d3.scaleLog().domain([d3.min(xs) / 1.25, d3.max(xs) * 1.25]).range([left, right]);
        const y = d3.scaleLinear().domain([0, Math.max(d3.max(ys), optimum ? optimum.total : 0) * 1.08]).nice().range([foot, top]);
        svg.append("g").attr("class", "axis rules").attr("aria-hidden", "true").attr("transform", `translate(${left},0)`)
          .call(d3.axisLeft(y).ticks(6).tickSize(left - right));
        axes.logTime(svg, x, foot);
        svg.append("text").attr("class", "strip").attr("x", right).attr("y", tall - 8).attr("text-anchor", "end").text("latency, p95");
        svg.append("text").attr("class", "strip").attr("x", left + 6).attr("y", top + 4).text(`cost, ${json.currency}`);
        if (optimum) svg.append("line").attr("class", "line optimum").attr("x1", left).attr("x2", right).attr("y1", y(optimum.total)).attr("y2", y(optimum.total));
        svg.append("path").attr("class", "line front").attr("d", d3.line().curve(d3.curveStepAfter).x((one) => x(one.x)).y((one) => y(one.y))(front));
        const shown = points.map(({ policy, x: px, y: py }) => ({
          x: x(px), y: y(py), policy,
          words: `${labelOf(policy)}: p95 ${notation.length(px)}, ${notation.money(py)} ${json.currency}${policy.pareto ? ", on the Pareto front" : ""}`,
          shown: [policy.name, `p95 ${notation.length(px)}`, `${notation.money(py)} ${json.currency}`, policy.settings].filter(Boolean),
          draw(g) {
            const across = facts.at(policy, ["latency_s", "p95", "ci95"]), up = policy.cost.ci95;
            if (across && across[0] > 0) g.append("line").attr("class", "interval").attr("x1", x(across[0]) - x(px)).attr("x2", x(across[1]) - x(px));
            if (up) g.append("line").attr("class", "interval").attr("y1", y(up[0]) - y(py)).attr("y2", y(up[1]) - y(py));
            g.append("circle").attr("class", `dot ${policy.pareto ? "front" : "beaten"}`).attr("r", 5.5);
          },
        }));
        const groups = walkable(svg, shown, tip);
        labelled(groups, shown, width);
      },
    });
  }

  // Names beside the points, none over another: the front's first, the rest where there is room.
  function labelled(groups, marks, width) {
    const taken = [];
    const order = marks.map((_, i) => i).sort((a, b) => Number(marks[b].policy.pareto) - Number(marks[a].policy.pareto));
    for (const i of order) {
      const mark = marks[i], wide = short(labelOf(mark.policy)).length * 6.6;
      const left = mark.x + 10 + wide < width ? mark.x + 10 : mark.x - 10 - wide;
      const free = [-8, 16, 4].find((dy) => taken.every(([l, r, y]) => left > r || left + wide < l || Math.abs(mark.y + dy - y) > 12));
      if (free === undefined) continue;
      taken.push([left, left + wide, mark.y + free]);
      d3.select(groups.nodes()[i]).append("text").attr("class", "label").attr("x", left - mark.x).attr("y", free).text(short(labelOf(mark.policy)));
    }
  }

  function policies(parent, json) {
    parent.append(table("Policies", ["policy", ...numbers([`cost, ${json.currency}`, "per 1000 requests", "cost / optimum", "p50", "p95", "p99", "cold", "unanswered", "changes an hour"]), "checks"],
      json.policies.map((policy, i) => {
        const of = (keys, format) => estimate(json, "policies", i, keys, format);
        const named = element("span", {}, policy.name, element("span", { class: "range" }, policy.not_run ? `not run: ${policy.not_run}` : policy.settings));
        if (policy.not_run) return [named, "", "", "", "", "", "", "", "", "", ""];
        return [named, of(["cost"], notation.money), of(["cost_per_1000_requests"], notation.money), of(["cost_over_optimum"], notation.mean),
          of(["latency_s", "p50"], notation.length), of(["latency_s", "p95"], notation.length), of(["latency_s", "p99"], notation.length),
          of(["cold_share"], notation.percent), of(["unanswered_share"], notation.percent), of(["changes_per_hour"], notation.mean), policy.held ? "✓ held" : "✗ failed"];
      })));
  }

  function waste(parent, json) {
    const kinds = money.kinds.filter(([kind]) => kind !== "useful");
    const rows = ran(json).filter((policy) => policy.waste);
    if (rows.length === 0) return;
    const amount = (policy, kind) => policy.waste[kind] || 0;
    const whole = (policy) => d3.sum(kinds, ([kind]) => amount(policy, kind));
    const strip = 28;
    chart(parent, {
      title: "Waste by kind", note: `What was paid for and served nobody, in ${json.currency}.`,
      legend: kinds.filter(([kind]) => rows.some((policy) => amount(policy, kind) > 0)).map(([kind, name]) => [kind, name]),
      height: rows.length * strip + 8,
      table: { head: ["policy", ...numbers(kinds.map(([, name]) => name))], rows: rows.map((policy) => [labelOf(policy), ...kinds.map(([kind]) => notation.money(amount(policy, kind)))]) },
      draw(svg, width, tip) {
        const left = Math.min(170, width * 0.36), right = width - 66;
        const x = d3.scaleLinear().domain([0, d3.max(rows, whole) || 1]).range([0, right - left]);
        walkable(svg, rows.map((policy, i) => ({
          x: left, y: 4 + i * strip, words: `${labelOf(policy)}: ${kinds.map(([kind, name]) => `${name} ${notation.money(amount(policy, kind))}`).join(", ")}`,
          shown: [policy.name, ...kinds.map(([kind, name]) => ({ style: kind, text: `${name} ${notation.money(amount(policy, kind))}` }))],
          draw(g) {
            let from = 0;
            for (const [kind] of kinds) {
              g.append("rect").attr("class", `bar ${kind}`).attr("x", x(from)).attr("width", Math.max(0, x(amount(policy, kind)) - 1)).attr("height", strip - 8);
              from += amount(policy, kind);
            }
            g.append("text").attr("class", "label").attr("x", -10).attr("y", 15).attr("text-anchor", "end").text(short(labelOf(policy)));
            g.append("text").attr("class", "label").attr("x", x(from) + 6).attr("y", 15).text(notation.money(from));
          },
        })), tip);
      },
    });
  }

  function pairs(parent, json) {
    if (!json.pairs || json.pairs.length === 0) return;
    const signed = (seconds) => (seconds > 0 ? `+${notation.length(seconds)}` : notation.length(seconds));
    parent.append(table("Differences under the same random numbers, with 95 % intervals", ["policy", "against", ...numbers(["cost, ratio", "p95, difference"])],
      json.pairs.map((pair, i) => [pair.a, pair.b, estimate(json, "pairs", i, ["cost_ratio"], (ratio) => ratio.toFixed(3)), estimate(json, "pairs", i, ["p95_difference_s"], signed)])));
  }

  return function show(json) {
    head(json);
    pareto(section("The Pareto front", "pareto"), json);
    policies(section("All policies", "policies"), json);
    waste(section("Waste", "waste"), json);
    if (json.pairs && json.pairs.length) pairs(section("Pair by pair", "pairs"), json);
    if (json.notices && json.notices.length) facts.list(section("What was assumed or left out", "notices"), json.notices);
  };
})();
