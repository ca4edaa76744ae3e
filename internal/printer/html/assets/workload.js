import { counted, h } from "./dom.js";
import { answersOf, findingsOf, restartOf, t } from "./data.js";
import { checkLink, mark, panel, place, scoreOf, toneOf, wordOf } from "./parts.js";
import { picture } from "./picture.js";

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

// since is when something was first observed, which only a report that is kept knows.
const since = (when) => when && h("span", { class: "muted small" }, ` since ${when}`);

function head(w) {
  const raw = w.raw, plain = /^[a-z0-9.-]+$/;
  const pods = counted(raw.running, "running", "running") + (raw.terminating ? `, ${raw.terminating} terminating` : "");
  return [
    h("div", { class: "head" },
      h("p", { class: "small" }, h("a", { href: "#/workloads" }, "Workloads"), " / ", h("a", { href: "#/workloads?namespace=" + encodeURIComponent(w.namespace) }, w.namespace)),
      h("h1", {}, h("span", { class: "kind" }, w.kind + "/"), w.name)),
    h("section", { class: "panel", "aria-label": "In short" }, h("dl", { class: "facts" },
      fact("Score", scoreOf(w)), fact("Severity", [mark(w.severity), since(w.since)]),
      raw.unaccepted !== raw.severity && fact("Not accepted", mark(t(raw.unaccepted))),
      fact("Reach", wordOf(w.reach)), w.exposure && fact("Exposed to", w.exposure), w.priority && fact("Priority", w.priority),
      fact("Restart", [mark(w.restart), since(t(raw.restart.observed))]), fact("Pods", pods), t(raw.serviceAccount) && fact("ServiceAccount", t(raw.serviceAccount))),
    w.fix && h("p", {}, h("span", { class: "fixes name" }, "Fix first: "), w.fix.change, ` The score is ${w.fix.after} then.`),
    // Only names that a shell takes as they are.
    [w.namespace, w.name].every((name) => plain.test(name)) && h("p", { class: "small muted" }, "More: ",
      h("code", {}, `kubectl daysix explain ${w.kind.toLowerCase().replace(/[^a-z0-9]/g, "")}/${w.name} -n ${w.namespace}`))),
  ];
}

function reached(all) {
  const nouns = ["pod", "node", "namespace", "Secret"];
  const said = all.map((n, i) => n && `${n} ${nouns[i]}${n === "1" ? "" : "s"}`).filter(Boolean).join(", ");
  return said && h("p", { class: "small muted" }, "Within reach: " + said);
}

function answer(a) {
  return h("li", {},
    h("div", {}, h("h3", {}, wordOf(a.question)), mark(a.answer)),
    h("div", { class: toneOf(a.answer) }, h("p", {}, a.summary || a.reason), a.summary && a.reason && h("p", { class: "small muted" }, a.reason), reached(a.reached),
      a.evidence.length > 0 && h("ul", { class: "evidence" },
        a.evidence.map((e) => h("li", {}, e.check && checkLink(e.check), e.check && " ", place(e.field, e.value))),
        a.moreEvidence > 0 && h("li", { class: "muted" }, `and ${a.moreEvidence} more`)),
      a.path.length > 0 && h("ol", { class: "way", "aria-label": "The shortest way" },
        a.path.map((step) => h("li", {}, h("span", { class: "name" }, step.to), h("br"), h("span", { class: "muted" }, step.why))))));
}

export function refusals(all) {
  return h("ul", { class: "evidence" }, all.map((r) => h("li", {},
    h("span", { class: "name" }, [r.kind, r.name].filter(Boolean).join(" ")), r.binding && ` by ${r.binding}`, r.message && `: ${r.message}`,
    (r.since || r.newer) && h("span", { class: "muted" }, ` (${[r.since && "since " + r.since, r.newer && "newer than the pods"].filter(Boolean).join(", ")})`))));
}

function restart(w) {
  const r = restartOf(w);
  const { admitted, denied, unknown, lost } = r.pods;
  const pods = [[admitted, "come back"], [denied, "are refused"], [unknown, "not known"], [lost, "are lost"]].filter(([n]) => n > 0);
  const when = [r.since && `by a change of ${r.since}`, r.observed && `observed since ${r.observed}`].filter(Boolean);
  return panel("If its pods start again", {},
    h("p", {}, mark(r.verdict), " ", r.message || r.reason, h("span", { class: "muted" }, when.length > 0 && ` ${when.join(", ")}`)),
    pods.length > 0 && h("p", { class: "small muted" }, "Pods: " + pods.map(([n, what]) => `${n} ${what}`).join(", ")),
    r.refused.length > 0 && [h("h3", {}, "Refused by"), refusals(r.refused), r.more > 0 && h("p", { class: "muted small" }, `and ${r.more} more`)],
    r.forecast.length > 0 && [h("h3", {}, "After changes that are announced"), refusals(r.forecast)],
    r.notAsked.length > 0 && [h("h3", {}, "Not asked"), h("ul", { class: "evidence" }, r.notAsked.map(([reason, kind, name, message]) =>
      h("li", {}, h("span", { class: "name" }, [kind, name].filter(Boolean).join(" ")), ` ${reason} `, h("span", { class: "muted" }, message))))],
    r.live && h("p", { class: "small" }, "The running pod as it lives: ", mark(r.live)),
    r.differs.length > 0 && [h("h3", {}, "The running pod is not what its template makes"), h("ul", { class: "evidence" }, r.differs.map((d) => h("li", {}, d)))]);
}

function findings(w) {
  const all = findingsOf(w);
  return panel("Findings", { class: "flush" }, all.length === 0 ? h("p", { class: "empty" }, "Nothing was found.") : h("ul", { class: "findings" }, all.map((f) => h("li", {},
    h("div", {}, mark(f.severity), f.points > 0 && h("span", { class: "muted" }, counted(f.points, "point", "points"))),
    h("div", {}, h("p", { class: "said" }, f.message),
      h("p", {}, checkLink(f.check), f.container && h("span", { class: "muted" }, ` in container ${f.container}`), since(f.since)),
      place(f.field, f.value),
      f.condition && h("p", {}, h("span", { class: "name" }, "If: "), f.condition),
      f.remediation && h("p", {}, h("span", { class: "fixes name" }, "Fix: "), f.remediation),
      f.exception && h("p", { class: "muted" }, "Accepted by the exception ", h("span", { class: "name" }, f.exception))),
  ))), w.raw.moreFindings > 0 && h("p", { class: "empty" }, `${w.raw.moreFindings} more are not in the report.`));
}

function rest(w) {
  const raw = w.raw;
  return h("div", { class: "columns" },
    panel("How the score adds up", {}, h("table", {}, h("tbody", {}, raw.breakdown.map(([kind, points, check]) =>
      h("tr", {}, h("td", {}, t(kind)), h("td", {}, t(check) && checkLink(t(check))), h("td", { class: "number" }, points)))))),
    panel("What the audit knows", {}, h("ul", { class: "evidence" }, raw.conditions.map(([type, status, reason, message]) =>
      h("li", {}, h("span", { class: "name" }, `${t(type)}: ${t(status)} `), h("span", { class: "muted" }, t(message) || t(reason)))))),
    (raw.divergent ?? []).length > 0 && panel("Pods that differ", {}, h("p", { class: "small muted" }, `The verdict is that of ${t(raw.worst) || "the worst pod"}.`),
      h("ul", { class: "evidence" }, raw.divergent.map((d) => h("li", {}, h("span", { class: "name" }, t(d.name)), ` score ${d.score} `,
        h("span", { class: "muted" }, [...(d.onlyHere ?? []).map((c) => "+" + t(c)), ...(d.notHere ?? []).map((c) => "−" + t(c))].join(" "))))),
      raw.moreDivergent > 0 && h("p", { class: "muted small" }, `and ${raw.moreDivergent} more`)));
}

// workload is the page of one: its answers, the ways out of it, and what to change.
export function workload(w) {
  const answers = answersOf(w), ways = answers.filter((a) => a.path.length > 0);
  return [
    head(w),
    ways.length > 0 && panel("Ways out of it", {}, h("div", { class: "picture", tabindex: "0", role: "group", "aria-label": "Picture of the ways, may be scrolled" },
      picture(w.kind, `${w.namespace}/${w.name}`, ways.map((a) => a.path)))),
    panel("If one of its pods is compromised", { class: "flush" }, h("ol", { class: "answers" }, answers.map(answer))),
    restart(w), findings(w), rest(w),
  ];
}
