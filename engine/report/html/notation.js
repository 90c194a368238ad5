// Numbers as thaw's text has them: engine/report/notation.cpp, engine/report/summary_text.cpp.
const notation = (() => {
  const us = 1e3;
  const ms = 1e6;
  const s = 1e9;
  const min = 60 * s;
  const h = 60 * min;
  const d = 24 * h;

  const roundTo = (ns, step) => Math.floor((ns + Math.floor(step / 2)) / step) * step;
  const decimal = (ns, unit) => String(Number((ns / unit).toFixed(9)));
  const two = (n) => String(n).padStart(2, "0");

  function belowAMinute(ns) {
    if (ns < us) return ns === 0 ? "0s" : `${ns}ns`;
    for (const [unit, name] of [
      [us, "us"],
      [ms, "ms"],
    ]) {
      const step = ns < 10 * unit ? unit / 100 : ns < 100 * unit ? unit / 10 : unit;
      const rounded = roundTo(ns, step);
      if (rounded < 1000 * unit) return decimal(rounded, unit) + name;
    }
    const rounded = roundTo(ns, s / 100);
    return rounded < min ? `${decimal(rounded, s)}s` : "";
  }

  function twoUnits(ns, big, bigName, small, smallName, limit) {
    const rounded = roundTo(ns, small);
    if (rounded >= limit) return "";
    return `${Math.floor(rounded / big)}${bigName}${two(Math.round((rounded % big) / small))}${smallName}`;
  }

  // How long something took, in at most two units: 1.53s, 10min02s, 3d04h.
  function length(seconds) {
    if (seconds < 0) return `-${length(-seconds)}`;
    const ns = Math.round(seconds * 1e9);
    return (
      (ns < min && belowAMinute(ns)) ||
      (ns < h && twoUnits(ns, min, "min", s, "s", h)) ||
      (ns < d && twoUnits(ns, h, "h", min, "min", d)) ||
      twoUnits(ns, d, "d", h, "h", Infinity)
    );
  }

  // When something happened, to the second from the first minute on: 10min02s, 20h03min07s.
  function instant(seconds) {
    const rounded = roundTo(Math.round(seconds * 1e9), s);
    if (rounded < h) return length(seconds);
    const clock = `${two(Math.floor((rounded % h) / min))}min${two(Math.round((rounded % min) / s))}s`;
    if (rounded < d) return `${Math.floor(rounded / h)}h${clock}`;
    return `${Math.floor(rounded / d)}d${two(Math.floor((rounded % d) / h))}h${clock}`;
  }

  const grouped = (text) => text.replace(/^-?\d{5,}/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, "\u202f"));

  // A count, or the mean of counts to four digits; five digits and more in groups of three.
  const count = (n) => grouped(Number.isInteger(n) ? String(n) : String(Number(n.toPrecision(4))));
  const money = (amount) => grouped(amount.toFixed(4));
  const percent = (ratio) => `${(100 * ratio).toFixed(1)}\u00a0%`;
  const mean = (n) => grouped(n.toFixed(2));

  return { length, instant, count, money, percent, mean };
})();
