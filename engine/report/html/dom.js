// Elements of the page. Text is only ever set as text, never as HTML.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const identifiers = new Map();

// An id that no other element of the page has.
function identifier(words) {
  const plain = words.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const times = (identifiers.get(plain) || 0) + 1;
  identifiers.set(plain, times);
  return times === 1 ? plain : `${plain}-${times}`;
}

// A section with its heading, at the end of the page and in its list of contents.
function section(title, id) {
  const heading = element("h2", { id: `${id}-title` }, title);
  const made = element("section", { id, "aria-labelledby": heading.id }, heading);
  document.getElementById("main").append(made);
  document.querySelector(".contents ul").append(element("li", {}, element("a", { href: `#${id}` }, title)));
  return made;
}

function embedded(id) {
  const holder = document.getElementById(id);
  return holder && JSON.parse(holder.textContent);
}

// In a drawing: attributes of a D3 selection (null takes one away), and a new element with its attributes.
function set(selection, attributes) {
  for (const [name, value] of Object.entries(attributes)) selection.attr(name, value);
  return selection;
}

const add = (parent, tag, attributes) => set(parent.append(tag), attributes);
