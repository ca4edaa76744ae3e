import { counted, h } from "./dom.js";
import { reaches, severities, verdicts, workloads } from "./data.js";
import { mark, scoreOf, wordOf, workloadLink } from "./parts.js";

const chunk = 100;
const ordered = (order) => (w, field) => order.indexOf(w[field]);
const rank = { severity: ordered(severities), reach: ordered(reaches), restart: ordered(verdicts) };

const columns = [
  { id: "score", title: "Score", first: "descending", cell: scoreOf },
  { id: "severity", title: "Severity", first: "ascending", cell: (w) => mark(w.severity) },
  { id: "namespace", title: "Namespace", first: "ascending", class: "middle one", cell: (w) => w.namespace },
  { id: "name", title: "Workload", first: "ascending", cell: (w) => [workloadLink(w), h("span", { class: "below" }, w.namespace)] },
  { id: "reach", title: "Reach", first: "ascending", class: "middle one", cell: (w) => wordOf(w.reach) },
  { id: "priority", title: "Priority", first: "ascending", class: "wider", cell: (w) => w.priority || "–" },
  { id: "restart", title: "Restart", first: "ascending", class: "middle", cell: (w) => mark(w.restart) },
  { id: "running", title: "Pods", first: "descending", class: "wider number", cell: (w) => w.running },
  { id: "findings", title: "Findings", first: "descending", class: "wide number", cell: (w) => w.findings },
  // Only reports that somebody keeps know since when.
  ...(workloads.some((w) => w.since) ? [{ id: "since", title: "Since", first: "descending", class: "wider one", cell: (w) => w.since || "–" }] : []),
  { id: "fix", title: "Top fix", class: "wide one rest", cell: (w) => (w.fix ? `${w.fix.check} → ${w.fix.after}` : "–") },
];

export const collator = new Intl.Collator("en", { numeric: true });

function sorted(all, { sort, direction }) {
  const key = rank[sort] ?? ((w) => w[sort]), sign = direction === "ascending" ? 1 : -1;
  const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
  return [...all].sort((a, b) => sign * compare(key(a, sort), key(b, sort)) || a.at - b.at);
}

function filtered({ q, namespace, severity, reach, restart }) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return workloads.filter((w) =>
    (!namespace || w.namespace === namespace) && (!severity || w.severity === severity) && (!reach || w.reach === reach) &&
    (!restart || w.restart === restart) && words.every((word) => `${w.namespace}/${w.kind}/${w.name}`.toLowerCase().includes(word)));
}

// list shows the workloads that a question in the address asks for. What is chosen goes back into the address.
export function list(query) {
  const state = { sort: "score", direction: "descending" };
  for (const name of ["q", "namespace", "severity", "reach", "restart"]) state[name] = query.get(name) ?? "";
  const column = columns.find((c) => c.first && c.id === query.get("sort"));
  if (column) state.sort = column.id;
  if (column) state.direction = query.get("direction") === "ascending" ? "ascending" : "descending";

  const body = h("tbody"), count = h("output", { for: "filter-q" }), more = h("div", { class: "more" });
  const heads = columns.map((c) => h("th", { scope: "col", class: c.class },
    c.first ? h("button", { type: "button", onclick: () => sortBy(c) }, c.title) : c.title));
  let shown = [], rendered = 0;

  function show() {
    shown = sorted(filtered(state), state);
    rendered = 0;
    body.replaceChildren();
    columns.forEach((c, i) => (c.id === state.sort ? heads[i].setAttribute("aria-sort", state.direction) : heads[i].removeAttribute("aria-sort")));
    count.textContent = shown.length === workloads.length ? counted(shown.length, "workload", "workloads") : `${shown.length.toLocaleString("en")} of ${counted(workloads.length, "workload", "workloads")}`;
    grow();
  }
  function grow(all) {
    const next = shown.slice(rendered, all ? shown.length : rendered + chunk);
    body.append(...next.map((w) => h("tr", {}, columns.map((c) => h("td", { class: c.class }, c.cell(w))))));
    rendered += next.length;
    if (shown.length === 0) body.append(h("tr", {}, h("td", { colspan: columns.length, class: "empty" }, "No workload is like that.")));
    more.hidden = rendered >= shown.length;
    more.replaceChildren(h("button", { type: "button", onclick: () => grow() }, `Show more (${(shown.length - rendered).toLocaleString("en")} left)`));
  }
  function remember() {
    const address = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    history.replaceState(null, "", "#/workloads?" + address);
    show();
  }
  function sortBy(c) {
    const turned = state.direction === "ascending" ? "descending" : "ascending";
    state.direction = state.sort === c.id ? turned : c.first;
    state.sort = c.id;
    remember();
  }
  function choice(name, title, values) {
    const options = [["", "Any"], ...values.map((v) => [v, wordOf(v)])];
    return h("label", {}, title, h("select", { id: "filter-" + name, onchange: (event) => { state[name] = event.target.value; remember(); } },
      options.map(([value, text]) => h("option", { value, selected: state[name] === value }, text))));
  }
  const namespaces = [...new Set(workloads.map((w) => w.namespace))].sort(collator.compare);
  const filters = h("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    h("label", {}, "Find", h("input", {
      id: "filter-q", type: "search", placeholder: "name, kind or namespace  ( / )", value: state.q, autocomplete: "off", spellcheck: "false",
      oninput: (event) => { state.q = event.target.value; remember(); },
    })),
    choice("namespace", "Namespace", namespaces), choice("severity", "Severity", severities),
    choice("reach", "Reach", reaches), choice("restart", "Restart", verdicts), count);
  const table = h("table", { onkeydown: walk }, h("caption", { class: "unseen" }, "Workloads"), h("thead", {}, h("tr", {}, heads)), body);
  const end = new IntersectionObserver((seen) => {
    if (!seen.at(-1).isIntersecting || rendered >= shown.length) return;
    grow();
    // Whoever has scrolled on meanwhile is still at the end, of which the observer would not tell again.
    end.unobserve(more);
    end.observe(more);
  }, { rootMargin: "600px" });
  end.observe(more);
  window.onbeforeprint = () => grow(true);
  show();
  return [h("div", { class: "head" }, h("h1", {}, "Workloads")), filters, h("section", { class: "panel flush" }, h("div", { class: "scroll" }, table), more)];
}

// walk moves between the workloads of a table by the arrow keys, Home and End.
export function walk(event) {
  const links = [...event.currentTarget.querySelectorAll("tbody a")], at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined || at < 0 || !links[to]) return;
  event.preventDefault();
  links[to].focus();
}
