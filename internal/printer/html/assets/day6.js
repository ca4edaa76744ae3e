import { counted, h } from "./dom.js";
import { restartOf, workloads } from "./data.js";
import { mark, panel, workloadLink } from "./parts.js";
import { refusals } from "./workload.js";
import { walk } from "./list.js";

const most = 200;

// policies are what refuses, with how many workloads each refuses.
function policies(all) {
  const found = new Map();
  for (const w of all) {
    for (const r of restartOf(w).refused) {
      const key = JSON.stringify([r.kind, r.name, r.binding]);
      const policy = found.get(key) ?? { ...r, workloads: new Set() };
      policy.newer ||= r.newer;
      policy.workloads.add(w.at);
      found.set(key, policy);
    }
  }
  return [...found.values()].sort((a, b) => b.workloads.size - a.workloads.size || (a.name < b.name ? -1 : 1));
}

function section(title, all) {
  return all.length > 0 && panel(title, { class: "flush" }, h("div", { class: "scroll" }, h("table", { onkeydown: walk },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "middle" }, "Namespace"), h("th", { scope: "col" }, "Workload"), h("th", { scope: "col", class: "number middle" }, "Pods"), h("th", { scope: "col" }, "Why"))),
    h("tbody", {}, all.slice(0, most).map((w) => {
      const r = restartOf(w);
      return h("tr", {}, h("td", { class: "middle one" }, w.namespace), h("td", {}, workloadLink(w), h("span", { class: "below" }, w.namespace)), h("td", { class: "number middle" }, w.running),
        h("td", {}, h("div", { class: "clamp" }, r.refused.length > 0 ? refusals(r.refused) : r.message || r.reason)));
    })))), all.length > most && h("p", { class: "more" }, h("a", { href: "#/workloads?restart=" + all[0].restart }, `All ${all.length.toLocaleString("en")}`)));
}

// day6 is what would not come back, should the pods have to start again today.
export function day6() {
  const of = (verdict) => workloads.filter((w) => w.restart === verdict);
  const denied = of("Denied"), lost = of("NotRecreated"), unknown = of("Unknown"), found = policies(denied);
  return [
    h("div", { class: "head" }, h("h1", {}, "Day 6"),
      h("p", { class: "muted" }, "A pod is judged when it is created, so a running one says nothing about the policies of today. This is what they would do to its replacement.")),
    denied.length + lost.length + unknown.length === 0 && h("p", { class: "panel" }, h("span", {}, mark("Admitted"), " Everything would come back.")),
    found.length > 0 && panel("What refuses", { class: "flush" }, h("div", { class: "scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Policy"), h("th", { scope: "col", class: "middle" }, "Changed"), h("th", { scope: "col", class: "number" }, "Workloads"))),
      h("tbody", {}, found.map((p) => h("tr", {}, h("td", {}, h("span", { class: "kind" }, p.kind + " "), h("span", { class: "name" }, p.name), p.binding && h("span", { class: "muted" }, ` by ${p.binding}`)),
        h("td", { class: "middle" }, p.since || "–", p.newer && h("span", { class: "muted" }, " newer than the pods")), h("td", { class: "number" }, p.workloads.size))))))),
    section(`${counted(denied.length, "workload", "workloads")} would be refused`, denied),
    section(`${counted(lost.length, "workload", "workloads")} nobody makes again`, lost),
    section(`Of ${counted(unknown.length, "workload", "workloads")} it is not known`, unknown),
  ];
}
