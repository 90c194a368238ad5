"""What the test asks of a page, in JavaScript."""

# Every number with the JSON pointer of what it shows; the interval below it apart.
CELLS = """[...document.querySelectorAll(':is(th, td, dd)[data-of]')].map((cell) => {
  const range = cell.querySelector('.range');
  const whole = cell.textContent, shown = range ? range.textContent : '';
  return {of: cell.dataset.of, text: whole.slice(0, whole.length - shown.length).trim(), range: shown.trim()};
})"""

# Bars with the pointer of what they show, by chart.
BARS = """Object.fromEntries([...document.querySelectorAll('figure')].map((figure) => [figure.id,
  [...figure.querySelectorAll('rect[data-of]')].map((bar) => ({of: bar.dataset.of, width: bar.getBoundingClientRect().width}))]))"""

TIP = "[...document.querySelectorAll('.tip:not([hidden])')].map((tip) => tip.innerText).join('')"

FIRST_DECISION = """(() => {
  const dot = document.querySelector('circle.dot.decision');
  dot.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = dot.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""

ARROWS = """(() => {
  const marks = [...document.querySelectorAll('.mark')].filter((mark) => mark.parentNode.children.length > 1);
  const [first] = marks, next = first.nextSibling;
  first.focus();
  first.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
  return document.activeElement === next && next.getAttribute('tabindex') === '0' && first.getAttribute('tabindex') === '-1';
})()"""

POINTS = """[...document.querySelectorAll('#cost-against-latency .mark')].map((mark) => {
  const box = mark.querySelector('circle').getBoundingClientRect();
  return {name: mark.getAttribute('aria-label').split(': ')[0], x: box.x + box.width / 2, y: box.y + box.height / 2,
          front: mark.querySelector('circle').classList.contains('front')};
})"""

# Relative luminance and contrast as WCAG 2.2 defines them.
LUMINANCE = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const behind = (node) => {
  for (let one = node; one; one = one.parentElement) {
    const colour = channels(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
"""
BACKGROUND = f"(() => {{ {LUMINANCE} return luminance(behind(document.body)); }})()"

# Text below 4.5 : 1 (3 : 1 where it is large).
LOW_CONTRAST = f"""(() => {{ {LUMINANCE}
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {{
    const of = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !of.checkVisibility() || of.closest('script, style, noscript')) continue;
    const style = getComputedStyle(of), inDrawing = of instanceof SVGElement;
    const ink = luminance(channels(inDrawing ? style.fill : style.color)), paper = luminance(behind(of));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (contrast < least) found.add(`${{contrast.toFixed(2)}} of ${{of.tagName}}.${{of.getAttribute('class')}}: ${{walker.currentNode.data.trim().slice(0, 30)}}`);
  }}
  return [...found];
}})()"""

# Headings in order, a name for all that takes the focus, a table for every chart, ids once.
ACCESSIBILITY = """(() => {
  const problems = [];
  const headings = [...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]));
  if (headings.filter((level) => level === 1).length !== 1) problems.push('not one h1');
  headings.forEach((level, i) => { if (i > 0 && level > headings[i - 1] + 1) problems.push(`h${headings[i - 1]} is followed by h${level}`); });
  const figures = [...document.querySelectorAll('figure')];
  if (figures.length === 0) problems.push('no chart');
  for (const figure of figures) {
    const drawing = figure.querySelector('svg');
    const rows = figure.querySelectorAll('details.data table tbody tr').length;
    if (rows === 0) problems.push(`${figure.id} has no table`);
    if (!figure.querySelector('figcaption h3')) problems.push(`${figure.id} has no heading`);
    if (figure.closest('details:not([open])')) continue;
    if (!drawing) { problems.push(`${figure.id} is not drawn`); continue; }
    if (!drawing.getAttribute('aria-label')) problems.push(`${figure.id} has no name`);
    if (drawing.querySelectorAll('[tabindex="0"]').length !== 1) problems.push(`${figure.id} is not one stop of the keyboard`);
    if (/NaN|Infinity|undefined/.test(drawing.outerHTML)) problems.push(`${figure.id} is drawn with what is no number`);
    if (drawing.getBoundingClientRect().right > document.documentElement.clientWidth + 1) problems.push(`${figure.id} is wider than the page`);
  }
  for (const one of document.querySelectorAll('main [tabindex]'))
    if (!one.getAttribute('aria-label')) problems.push(`${one.tagName} takes the focus without a name`);
  for (const one of document.querySelectorAll('table')) if (!one.caption || !one.caption.textContent) problems.push('a table without a caption');
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`two elements have the id ${id}`);
  if (/\\bNaN\\b|\\bundefined\\b|\\[object/.test(document.getElementById('main').innerText)) problems.push('undefined or NaN is shown');
  return problems;
})()"""

# Bars of latency distributions: their areas, and the numbers of requests that they stand for.
AREAS = """[...document.querySelectorAll('figure[id^=latency-of]')].map((figure) =>
  [...figure.querySelectorAll('.mark')].map((mark) => {
    const bar = mark.querySelector('.bar');
    return {area: bar.getAttribute('width') * bar.getAttribute('height'), height: Number(bar.getAttribute('height')),
            count: Number(mark.getAttribute('aria-label').replace('\u202f', '').match(/: (\\d+) requests/)[1])};
  }))"""
