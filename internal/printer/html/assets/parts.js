import { h, s } from "./dom.js";
import { addressOf, checkOf } from "./data.js";

const tones = {
  Critical: "critical", High: "high", Medium: "medium", Low: "low", Minimal: "minimal",
  Yes: "critical", Conditional: "medium", Unknown: "unknown", No: "good",
  Denied: "critical", NotRecreated: "medium", Admitted: "good",
  Cluster: "critical", MultiNode: "high", Node: "high", Namespace: "medium", Pod: "low",
};
export const toneOf = (word) => tones[word] ?? "minimal";

const words = {
  MultiNode: "Several nodes", NotRecreated: "Not recreated",
  BecomeClusterAdmin: "Become cluster-admin?", ControlNode: "Control its node?", CreatePods: "Create pods?",
  HopNodes: "Jump to other nodes?", ReachExternal: "Reach outside systems?", ReachPods: "Reach other pods?", ReadSecrets: "Read Secrets?",
};
export const wordOf = (word) => words[word] ?? word;

export const mark = (word) => (word ? h("span", { class: `mark ${toneOf(word)}` }, wordOf(word)) : h("span", { class: "muted" }, "–"));

// bar is a part of a whole, as a picture for whoever sees; the number stands beside it.
export function bar(part, whole, tone) {
  const width = whole > 0 ? Math.max(part > 0 ? 1 : 0, (100 * part) / whole) : 0;
  return s("svg", { class: tone, viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: "track", width: 100, height: 4 }), s("rect", { class: "fill", width, height: 4 }));
}

export const scoreOf = (w) => h("span", { class: "score" }, h("span", {}, w.score), bar(w.score, 100, toneOf(w.severity)));

export function workloadLink(w) {
  return h("a", { class: "workload", href: addressOf(w), title: `${w.kind}/${w.name}` }, h("span", { class: "kind" }, w.kind + "/"), h("span", { class: "name" }, w.name));
}

// checkLink leads to the page of a check that Daysix has; any other name is text.
export function checkLink(id) {
  const { title, page } = checkOf(id);
  return page ? h("a", { href: page, title, rel: "noreferrer", target: "_blank" }, id) : h("span", {}, id);
}

export function panel(title, attributes, ...children) {
  const id = "panel-" + title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return h("section", { ...attributes, class: `panel ${attributes.class ?? ""}`, "aria-labelledby": id }, h("h2", { id }, title), children);
}

// place is a field and what stands there.
export const place = (field, value) => (field || value) && h("code", { class: "muted" }, [field, value].filter(Boolean).join(": "));
