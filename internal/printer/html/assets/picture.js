import { s } from "./dom.js";

const box = { width: 216, height: 44, across: 40, down: 56, letters: 27 };

const cut = (text, letters) => (text.length > letters ? text.slice(0, letters - 1) + "…" : text);

// treeOf joins ways that begin alike, so that what they share is drawn once.
function treeOf(root, ways) {
  const tree = { ...root, depth: 0, children: [], goal: false };
  for (const path of ways) {
    let at = tree;
    for (const step of path) {
      let next = at.children.find((child) => child.name === step.to && child.why === step.why);
      if (!next) {
        next = { name: step.to, why: step.why, depth: at.depth + 1, children: [], goal: false };
        at.children.push(next);
      }
      at = next;
    }
    at.goal = true;
  }
  return tree;
}

// laidOut gives each box a row: a leaf the next one, any other that of its first child.
function laidOut(vertex, size) {
  if (vertex.children.length === 0) vertex.row = size.rows++;
  for (const child of vertex.children) laidOut(child, size);
  if (vertex.children.length > 0) vertex.row = vertex.children[0].row;
  size.columns = Math.max(size.columns, vertex.depth + 1);
}

const leftOf = (vertex) => vertex.depth * (box.width + box.across) + 1;
const middleOf = (vertex) => vertex.row * box.down + 1 + box.height / 2;

function line(from, to) {
  const left = leftOf(from) + box.width, right = leftOf(to) - 3, bend = left + 16, y = middleOf(from), end = middleOf(to);
  const d = y === end ? `M${left} ${y}H${right}` : `M${left} ${y}H${bend - 6}Q${bend} ${y} ${bend} ${y + 6}V${end - 6}Q${bend} ${end} ${bend + 6} ${end}H${right}`;
  return s("path", { d, "marker-end": "url(#arrow)" });
}

// drawn is a box with the name of the edge that leads there, which stands before the colon of the reason, and all behind it.
function drawn(vertex) {
  const x = leftOf(vertex), y = middleOf(vertex) - box.height / 2;
  const kind = vertex.goal ? "goal" : vertex.depth === 0 ? "start" : "between";
  return [
    vertex.children.map((child) => line(vertex, child)),
    s("g", { class: kind },
      s("title", {}, [vertex.name, vertex.why].filter(Boolean).join("\n")),
      s("rect", { x, y, width: box.width, height: box.height, rx: 6 }),
      s("text", { class: "why", x: x + 12, y: y + 17 }, cut(vertex.why.split(":")[0], box.letters)),
      s("text", { x: x + 12, y: y + 33 }, cut(vertex.name, box.letters))),
    vertex.children.map(drawn),
  ];
}

// picture draws the ways that lead out of a workload, left to right. What it shows stands in words beside it.
export function picture(kind, name, ways) {
  const tree = treeOf({ name, why: kind }, ways), size = { rows: 0, columns: 0 };
  laidOut(tree, size);
  const width = size.columns * (box.width + box.across) - box.across + 2, height = size.rows * box.down - box.down + box.height + 2;
  const goals = [...new Set(ways.map((path) => path.at(-1).to))].join(", ");
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Ways from ${kind} ${name} to ${goals}` },
    s("defs", {}, s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      s("path", { d: "M1 1L6 4L1 7" }))),
    drawn(tree));
}
