import { h } from "./dom.js";
import { findingsOf, workloads } from "./data.js";
import { checkLink, mark, panel, workloadLink } from "./parts.js";

// accepted lists what exceptions accept, by exception. Accepted is not gone: it still counts in the score.
export function accepted() {
  const found = new Map();
  for (const w of workloads.filter((w) => w.accepted)) {
    for (const f of findingsOf(w).filter((f) => f.exception)) {
      if (!found.has(f.exception)) found.set(f.exception, []);
      found.get(f.exception).push({ w, f });
    }
  }
  return [
    h("div", { class: "head" }, h("h1", {}, "Accepted"), h("p", { class: "muted" }, "What exceptions accept stays in the score. It raises no alert.")),
    [...found.keys()].sort().map((name) => panel(name, { class: "flush" }, h("div", { class: "scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Severity", "Check", "Workload"].map((c) => h("th", { scope: "col" }, c)), h("th", { scope: "col", class: "middle" }, "Namespace"))),
      h("tbody", {}, found.get(name).map(({ w, f }) => h("tr", {}, h("td", {}, mark(f.severity)), h("td", {}, checkLink(f.check)), h("td", {}, workloadLink(w), h("span", { class: "below" }, w.namespace)), h("td", { class: "middle" }, w.namespace)))))))),
  ];
}
