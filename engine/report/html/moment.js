// A moment of the run, under the pointer or chosen by keys: ← and → go to the next change of a value, Page Up and Page
// Down to the next event. All charts along time show the same moment.
const moment = (() => {
  const most = 6; // events told at once
  const reach = 6; // pixels within which the pointer finds an event
  const followers = new Set();

  function tellAll(t) {
    for (const follower of followers) {
      if (follower.line.node().isConnected) follower.show(t);
      else followers.delete(follower);
    }
  }

  function follow(svg, x, top, foot) {
    const line = add(svg, "line", { class: "cursor", y1: top, y2: foot, visibility: "hidden" });
    const show = (t) =>
      t === null ? line.attr("visibility", "hidden") : set(line, { visibility: null, x1: x(t), x2: x(t) });
    followers.add({ line, show });
  }

  // The values at t, and the events from `before` to `after`.
  function said({ lines, events }, t, before = t, after = t) {
    const happened = events.filter((event) => event.t_s >= before && event.t_s <= after);
    const values = lines.map(({ style, text, steps: series }) => ({
      style,
      text: `${text} ${notation.count(steps.valueAt(series, t))}`,
    }));
    const told = happened
      .slice(0, most)
      .map((event) => ({ style: `dot ${event.kind}`, text: `${notation.instant(event.t_s)}  ${event.words}` }));
    return [
      notation.instant(t),
      ...values,
      ...told,
      ...(happened.length > most ? [`and ${happened.length - most} more`] : []),
    ];
  }

  // Where a key leads from `now`; undefined: nowhere.
  function destinations({ lines, events, end }) {
    const changes = steps.inOrder([
      ...lines.flatMap((one) => one.steps.map((step) => step[0])),
      ...events.map((event) => event.t_s),
      end,
    ]);
    const eventful = steps.inOrder(events.map((event) => event.t_s));
    const next = (list, now) => list.find((t) => t > now);
    const last = (list, now) => list.filter((t) => t < now).pop();
    return {
      ArrowRight: (now) => next(changes, now),
      ArrowLeft: (now) => last(changes, now),
      PageDown: (now) => next(eventful, now),
      PageUp: (now) => last(eventful, now),
      Home: () => 0,
      End: () => end,
    };
  }

  function byKeys(surface, seen, show, hide) {
    const keys = destinations(seen);
    const node = surface.node();
    let now = 0;
    const settle = () =>
      set(surface, {
        "aria-valuenow": now,
        "aria-valuetext": said(seen, now)
          .map((part) => part.text || part)
          .join(", "),
      });
    settle();
    node.addEventListener("focus", () => {
      if (node.matches(":focus-visible")) show(now);
    });
    node.addEventListener("blur", hide);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (!keys[event.key]) return;
      event.preventDefault();
      const to = keys[event.key](now);
      if (to !== undefined) now = to;
      settle();
      show(now);
    });
  }

  // seen: {lines: [{style, text, steps}], events, end}. The drawing lies between `top` and `foot`.
  function explorable(svg, x, top, foot, seen, tip) {
    follow(svg, x, top, foot);
    const [left, right] = x.range();
    const show = (t, before, after) => {
      tellAll(t);
      tip.show(x(t), top + 30, said(seen, t, before, after));
    };
    const hide = () => {
      tellAll(null);
      tip.hide();
    };
    const surface = add(svg, "rect", {
      class: "surface",
      x: left,
      y: top,
      width: right - left,
      height: foot - top,
      tabindex: 0,
      role: "slider",
      "aria-label": "Moment of the run",
      "aria-valuemin": 0,
      "aria-valuemax": seen.end,
    });
    const node = surface.node();
    node.addEventListener("pointermove", (event) => {
      const box = node.getBoundingClientRect();
      const at = left + Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * (right - left);
      show(x.invert(at), x.invert(at - reach), x.invert(at + reach));
    });
    node.addEventListener("pointerleave", hide);
    byKeys(surface, seen, show, hide);
  }

  return { explorable };
})();
