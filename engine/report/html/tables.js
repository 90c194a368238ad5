// A table that scrolls in its own frame where the page is narrow.
//
// head: [text] or [{text, number, wide}]; rows: [[cell]], a cell is text, an element or {text, of}. `of` names the number of
// summary.json that the cell shows, as a JSON pointer.
function table(caption, head, rows, options = {}) {
  const columns = head.map((column) => (typeof column === "string" ? { text: column } : column));
  const alignment = (i) => (columns[i].number ? "number" : null);
  const cell = (content, i) => {
    const of = content ? content.of : null;
    const shown = of ? content.text : content;
    const attributes = { class: alignment(i), "data-of": of };
    return i === 0 && !options.plain
      ? element("th", { scope: "row", ...attributes }, shown)
      : element("td", attributes, shown);
  };
  const body = element(
    "tbody",
    {},
    rows.map((row) => element("tr", {}, row.map(cell))),
  );
  const made = element(
    "table",
    {
      class:
        [options.class, columns.length < 4 && !columns.some((column) => column.wide) ? "few" : null]
          .filter(Boolean)
          .join(" ") || null,
    },
    element("caption", { class: options.showCaption ? null : "unseen" }, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        columns.map((column, i) => element("th", { scope: "col", class: alignment(i) }, column.text)),
      ),
    ),
    body,
  );
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, made);
}

// What a chart shows, as a table that opens below it. At most 200 rows are in the page.
function dataTable(caption, head, rows) {
  const most = 200;
  const step = Math.ceil(rows.length / most);
  const shown = step > 1 ? rows.filter((_, i) => i % step === 0) : rows;
  const note =
    step > 1
      ? element(
          "p",
          { class: "note" },
          `Each ${step}th of ${notation.count(rows.length)} rows; all are in the files beside this page.`,
        )
      : null;
  return element(
    "details",
    { class: "data" },
    element("summary", {}, "Show as a table"),
    note,
    table(caption, head, shown),
  );
}
