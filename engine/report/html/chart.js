// The frame of every chart: heading, legend, drawing, the same as a table. It is drawn anew when its width changes.
//
// draw(svg, width, tip): adds to an empty D3 selection of an <svg> of that width and of `height`.
function chart(parent, { title, note, legend = [], height, draw, table: data, label }) {
  const id = identifier(title);
  const holder = element("div", { class: "plot" });
  const key = legend.length
    ? element(
        "ul",
        { class: "legend", "aria-label": "Legend" },
        legend.map(([style, text]) =>
          element("li", {}, element("span", { class: `swatch ${style}`, "aria-hidden": "true" }), text),
        ),
      )
    : null;
  const figure = element(
    "figure",
    { id, "aria-labelledby": `${id}-title` },
    element(
      "figcaption",
      {},
      element("h3", { id: `${id}-title` }, title),
      note ? element("p", { class: "note" }, note) : null,
    ),
    key,
    holder,
    data ? dataTable(title, data.head, data.rows) : null,
  );
  parent.append(figure);

  const tip = tipIn(holder);
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(holder.clientWidth);
    if (width === 0 || width === drawn) return;
    drawn = width;
    d3.select(holder).select("svg").remove();
    tip.hide();
    const tall = typeof height === "function" ? height(width) : height;
    const svg = d3
      .select(holder)
      .insert("svg", ":first-child")
      .attr("viewBox", `0 0 ${width} ${tall}`)
      .attr("width", "100%")
      .attr("height", tall)
      .attr("role", "group")
      .attr("aria-label", label || title);
    draw(svg, width, tip, tall);
  };
  new ResizeObserver(redraw).observe(holder);
  redraw();
  return figure;
}

// Marks of a chart that the keyboard walks along: one stop for Tab, then the arrows, Home and End.
// marks: [{x, y, words}] with `draw(g)` for what is seen.
function walkable(svg, marks, tip) {
  const groups = svg
    .append("g")
    .selectAll("g")
    .data(marks)
    .join("g")
    .attr("class", "mark")
    .attr("role", "img")
    .attr("tabindex", (_, i) => (i === 0 ? 0 : -1))
    .attr("aria-label", (mark) => mark.words)
    .attr("transform", (mark) => `translate(${mark.x},${mark.y})`);
  groups.each(function (mark) {
    mark.draw(d3.select(this));
  });
  const nodes = groups.nodes();
  const show = (i) => tip.show(marks[i].x, marks[i].y, marks[i].shown || [marks[i].words]);
  nodes.forEach((node, i) => {
    node.addEventListener("focus", () => show(i));
    node.addEventListener("blur", () => tip.hide());
    node.addEventListener("pointerenter", () => show(i));
    node.addEventListener("pointerleave", () => tip.hide());
    node.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: i + 1,
        ArrowDown: i + 1,
        ArrowLeft: i - 1,
        ArrowUp: i - 1,
        Home: 0,
        End: nodes.length - 1,
      }[event.key];
      if (to === undefined || !nodes[to]) return;
      event.preventDefault();
      nodes.forEach((other, j) => other.setAttribute("tabindex", j === to ? 0 : -1));
      nodes[to].focus();
    });
  });
  return groups;
}
