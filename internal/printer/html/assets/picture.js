import { s } from "./dom.js";

const box = { width: 196, height: 36, across: 130, down: 52, letters: 28 };

const cut = (text, letters) => (text.length > letters ? text.slice(0, letters - 1) + "…" : text);

// treeOf joins ways that begin alike, so that what they share is drawn once.
function treeOf(root, ways) {
  const tree = { name: root, depth: 0, children: [], goals: [] };
  for (const { question, path } of ways) {
    let at = tree;
    for (const step of path) {
      let next = at.children.find((child) => child.name === step.to && child.why === step.why);
      if (!next) {
        next = { name: step.to, why: step.why, depth: at.depth + 1, children: [], goals: [] };
        at.children.push(next);
      }
      at = next;
    }
    at.goals.push(question);
  }
  return tree;
}

// laidOut gives each box a row: a leaf the next one, any other that of its first child.
function laidOut(vertex, rows) {
  if (vertex.children.length === 0) vertex.row = rows.next++;
  for (const child of vertex.children) laidOut(child, rows);
  if (vertex.children.length > 0) vertex.row = vertex.children[0].row;
  rows.depth = Math.max(rows.depth, vertex.depth);
}

function drawn(vertex, parts) {
  const x = vertex.depth * (box.width + box.across) + 1, y = vertex.row * box.down + 12;
  const goal = vertex.goals.length > 0;
  parts.boxes.push(s("g", { class: goal ? "goal critical" : vertex.depth === 0 ? "start" : "" },
    s("title", {}, vertex.name),
    s("rect", { x, y, width: box.width, height: box.height, rx: 6 }),
    s("text", { x: x + 12, y: y + 23 }, cut(vertex.name, box.letters))));
  for (const child of vertex.children) {
    const left = x + box.width, right = child.depth * (box.width + box.across), middle = box.height / 2, from = y + middle, to = child.row * box.down + 12 + middle;
    const bend = left + 20;
    parts.lines.push(s("path", {
      d: from === to ? `M${left} ${from}H${right - 5}` : `M${left} ${from}H${bend - 6}Q${bend} ${from} ${bend} ${from + 6}V${to - 6}Q${bend} ${to} ${bend + 6} ${to}H${right - 5}`,
      "marker-end": "url(#arrow)",
    }));
    // The edge's name stands before the colon; the whole reason is in the steps below.
    parts.boxes.push(s("g", {}, s("title", {}, child.why), s("text", { class: "why", x: bend + 8, y: to - 6 }, cut(child.why.split(":")[0], 18))));
    drawn(child, parts);
  }
}

// picture draws the ways that lead out of a workload, left to right.
export function picture(root, ways) {
  const tree = treeOf(root, ways), rows = { next: 0, depth: 0 }, parts = { boxes: [], lines: [] };
  laidOut(tree, rows);
  drawn(tree, parts);
  const width = (rows.depth + 1) * (box.width + box.across) - box.across + 2, height = rows.next * box.down + 8;
  const said = "Ways out of " + root + ": " + ways.map((w) => [w.question, "over", ...w.path.map((p) => p.to)].join(" ")).join("; ");
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said },
    s("defs", {}, s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto" },
      s("path", { d: "M0 0L8 4L0 8" }))),
    parts.lines, parts.boxes);
}
