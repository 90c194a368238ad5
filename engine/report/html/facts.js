// Numbers of a JSON file as the page shows them. Each carries the JSON pointer of what it shows (data-of).
const facts = (() => {
  const at = (json, keys) =>
    keys.reduce((inner, key) => (inner === undefined || inner === null ? undefined : inner[key]), json);
  const pointer = (keys) => keys.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
  const range = (low, high, format) => element("span", { class: "range" }, ` ${format(low)} – ${format(high)}`);

  // A cell of a table; empty when there is no such number. Of replications: the mean and its 95 % interval,
  // `between` or what stands under ci95;
  // none where all replications agree.
  function number(json, keys, format, between) {
    const value = at(json, keys);
    if (typeof value !== "number") return "";
    const interval = between || at(json, ["ci95", ...keys]);
    const text = element(
      "span",
      {},
      format(value),
      interval && interval[0] !== interval[1] ? range(interval[0], interval[1], format) : null,
    );
    return { text, of: pointer(keys) };
  }

  // The few numbers to see first. cards: [{name, cell, more}].
  function cards(parent, list) {
    const shown = list.filter((card) => card && card.cell !== "");
    parent.append(
      element(
        "dl",
        { class: "cards" },
        shown.map(({ name, cell, more, style }) =>
          element(
            "div",
            { class: style },
            element("dt", {}, name),
            element("dd", { class: "big", "data-of": cell.of }, cell.text || cell),
            more ? element("dd", { class: "more" }, more) : null,
          ),
        ),
      ),
    );
  }

  const mark = (held) =>
    element(
      "span",
      { class: held ? "held" : "broken" },
      element("span", { "aria-hidden": "true" }, held ? "✓ " : "✗ "),
      element("span", { class: "unseen" }, held ? "held: " : "failed: "),
    );

  // Checks, or the proofs of an audit: what was seen, and in how many replications it held.
  function checks(parent, caption, list, replications) {
    const head = [
      "check",
      { text: "at", number: true },
      ...(replications > 1 ? [{ text: "held in", number: true }] : []),
      { text: "what was seen", wide: true },
    ];
    parent.append(
      table(
        caption,
        head,
        list.map((check) => [
          element("span", {}, mark(check.held), check.name),
          check.at_s === undefined ? "" : notation.instant(check.at_s),
          ...(replications > 1 ? [check.held_in] : []),
          check.detail,
        ]),
        { class: "checks" },
      ),
    );
  }

  function list(parent, items) {
    parent.append(
      element(
        "ul",
        { class: "plain" },
        items.map((item) => element("li", {}, item)),
      ),
    );
  }

  return { at, pointer, number, cards, checks, list };
})();
