// The small card beside a point of a chart. A line is text, or {style, text} with a swatch.
function tipIn(holder) {
  const card = element("div", { class: "tip", role: "status", hidden: true });
  holder.append(card);
  return {
    show(x, y, lines) {
      card.replaceChildren(
        ...lines.map((line) =>
          line.text === undefined
            ? element("p", {}, line)
            : element("p", {}, element("span", { class: `swatch ${line.style}`, "aria-hidden": "true" }), line.text),
        ),
      );
      card.hidden = false;
      const room = holder.clientWidth - card.offsetWidth;
      const beside = x + 12 > room ? x - card.offsetWidth - 12 : x + 12;
      card.style.left = `${Math.max(0, Math.min(room, beside))}px`;
      card.style.top = `${Math.max(0, y - card.offsetHeight - 8)}px`;
    },
    hide() {
      card.hidden = true;
    },
  };
}
