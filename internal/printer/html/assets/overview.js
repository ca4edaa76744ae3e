import { counted, h } from "./dom.js";
import { countBy, reaches, report, severities, t, verdicts, workloads } from "./data.js";
import { bar, checkLink, mark, panel, scoreOf, toneOf, wordOf, workloadLink } from "./parts.js";
import { walk } from "./list.js";

function bars(title, field, words) {
  const counts = countBy(workloads, field);
  return panel(title, {}, h("ul", { class: "bars" }, words.map((word) => {
    const n = counts.get(word) ?? 0;
    const cells = [mark(word), bar(n, workloads.length, toneOf(word)), h("span", { class: "number" }, n.toLocaleString("en"))];
    return h("li", {}, n > 0 ? h("a", { href: `#/workloads?${field}=${word}` }, cells) : h("div", { class: "muted" }, cells));
  })));
}

// fixes are the changes that are the best one for most workloads.
function fixes() {
  const found = new Map();
  for (const w of workloads) {
    if (!w.fix) continue;
    const sum = found.get(w.fix.check) ?? { check: w.fix.check, change: w.fix.change, workloads: 0, points: 0 };
    sum.workloads++;
    sum.points += w.score - w.fix.after;
    found.set(w.fix.check, sum);
  }
  return [...found.values()].sort((a, b) => b.points - a.points || (a.check < b.check ? -1 : 1));
}

function tile(number, text, href, tone) {
  const inside = [h("b", { class: tone }, number.toLocaleString("en")), h("span", {}, text)];
  return href && number > 0 ? h("a", { class: "tile", href }, inside) : h("div", { class: "tile" }, inside);
}

function gaps() {
  return report.missing.length > 0 && h("section", { class: "panel notice unknown", "aria-label": "What is missing" },
    h("h2", {}, "Not everything could be read"),
    h("p", { class: "small" }, "Answers that need what is missing are Unknown. Unknown is never No."),
    h("ul", { class: "evidence" }, report.missing.map((m) => h("li", {}, `${t(m.text)} `, h("span", { class: "muted" }, counted(m.workloads, "workload", "workloads"))))));
}

export function overview() {
  const verdict = countBy(workloads, "restart"), severity = countBy(workloads, "severity"), best = fixes();
  const running = workloads.reduce((sum, w) => sum + w.running, 0);
  return [
    h("div", { class: "head" }, h("h1", {}, "Overview"),
      h("p", { class: "muted" }, [report.source, report.scope, report.read && "read " + report.read].filter(Boolean).join(" · "))),
    gaps(),
    h("div", { class: "tiles" },
      tile(workloads.length, running > 0 ? `workloads, ${counted(running, "pod", "pods")}` : "workloads", "#/workloads"),
      tile(severity.get("Critical") ?? 0, "are Critical", "#/workloads?severity=Critical", "critical"),
      tile(severity.get("High") ?? 0, "are High", "#/workloads?severity=High", "high"),
      tile(verdict.get("Denied") ?? 0, "would not come back", "#/day-6", "critical"),
      tile(verdict.get("NotRecreated") ?? 0, "nobody makes again", "#/workloads?restart=NotRecreated", "medium"),
      tile(verdict.get("Unknown") ?? 0, "may not come back", "#/day-6", "unknown")),
    h("div", { class: "columns" },
      bars("Severity", "severity", severities), bars("Reach of a compromise", "reach", reaches), bars("If the pods start again", "restart", verdicts)),
    panel("Worst workloads", { class: "flush" }, workloads.length === 0 ? h("p", { class: "empty" }, "No workloads.") :
      h("div", { class: "scroll" }, h("table", { onkeydown: walk },
        h("thead", {}, h("tr", {}, ["Score", "Severity"].map((c) => h("th", { scope: "col" }, c)),
          h("th", { scope: "col", class: "middle" }, "Namespace"), h("th", { scope: "col" }, "Workload"),
          h("th", { scope: "col", class: "middle" }, "Reach"), h("th", { scope: "col", class: "wide" }, "Top fix"))),
        h("tbody", {}, workloads.slice(0, 10).map((w) => h("tr", {},
          h("td", {}, scoreOf(w)), h("td", {}, mark(w.severity)), h("td", { class: "middle one" }, w.namespace), h("td", {}, workloadLink(w), h("span", { class: "below" }, w.namespace)),
          h("td", { class: "middle" }, wordOf(w.reach)), h("td", { class: "wide one rest" }, w.fix ? `${w.fix.check} → ${w.fix.after}` : "–"))))))),
    best.length > 0 && panel("Fixes that lower most", { class: "flush" }, h("div", { class: "scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Check"), h("th", { scope: "col", class: "middle" }, "Change"),
        h("th", { scope: "col", class: "number" }, "Workloads"), h("th", { scope: "col", class: "number" }, "Points"))),
      h("tbody", {}, best.slice(0, 8).map((f) => h("tr", {},
        h("td", {}, checkLink(f.check)), h("td", { class: "middle" }, f.change),
        h("td", { class: "number" }, f.workloads.toLocaleString("en")), h("td", { class: "number" }, "−" + f.points.toLocaleString("en")))))))),
  ];
}
