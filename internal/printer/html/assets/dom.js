// h makes an element. Text goes in as text nodes only: nothing that a cluster calls itself can become markup.
export function h(tag, attributes, ...children) { return fill(document.createElement(tag), attributes, children); }

// s makes an element of a picture.
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return element;
}

// counted is a number with its noun.
export function counted(n, one, many) { return `${n.toLocaleString("en")} ${n === 1 ? one : many}`; }
