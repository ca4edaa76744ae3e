import { h } from "./dom.js";
import { addressOf, report, workloads } from "./data.js";
import { list } from "./list.js";
import { overview } from "./overview.js";
import { workload } from "./workload.js";
import { day6 } from "./day6.js";
import { accepted } from "./accepted.js";

const root = document.documentElement, main = document.getElementById("main");
const byAddress = new Map(workloads.map((w) => [addressOf(w), w]));

// A browser may refuse to remember; then the choice lasts as long as the page.
const memory = {
  get() { try { return localStorage.getItem("daysix-theme"); } catch { return null; } },
  set(theme) { try { localStorage.setItem("daysix-theme", theme); } catch { /* see above */ } },
};

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

function themeButton() {
  const say = () => (isDark() ? "Light" : "Dark");
  const button = h("button", {
    type: "button", id: "theme", "aria-label": "Switch between light and dark",
    onclick: () => { root.dataset.theme = isDark() ? "light" : "dark"; memory.set(root.dataset.theme); button.textContent = say(); },
  }, say());
  return button;
}

function pages() {
  const all = [["#/", "Overview"], ["#/workloads", "Workloads"], ["#/day-6", "Day 6"]];
  if (workloads.some((w) => w.accepted)) all.push(["#/accepted", "Accepted"]);
  return all;
}

function header() {
  document.getElementById("top").append(h("div", { class: "bar" },
    h("a", { class: "brand", href: "#/" }, "Daysix"),
    h("nav", { "aria-label": "Pages" }, pages().map(([href, text]) => h("a", { href }, text))),
    h("div", { class: "end" }, h("span", { class: "where" }, [report.source, report.read].filter(Boolean).join(" · ")), themeButton())));
}

function content(path, query) {
  if (path === "#/workloads") return list(query);
  if (path === "#/day-6") return day6();
  if (path === "#/accepted") return accepted();
  if (!path.startsWith("#/workload/")) return overview();
  const w = byAddress.get(path);
  return w ? workload(w) : [h("h1", {}, "No such workload"), h("p", {}, "It is not in this report. ", h("a", { href: "#/workloads" }, "All workloads"))];
}

// wanted is the part of the next page that gets the focus.
let wanted = "";

// show puts the page of the address in place. moved: the user went there, so the focus goes to it and it is told.
function show(moved) {
  window.onbeforeprint = null;
  const [path, query] = location.hash.split("?");
  main.replaceChildren(...content(path || "#/", new URLSearchParams(query)).flat(Infinity).filter(Boolean));
  const title = main.querySelector("h1").textContent;
  document.title = `${title} · Daysix report`;
  const section = path.startsWith("#/workload/") ? "#/workloads" : path || "#/";
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.getAttribute("href") === section) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!moved) return;
  scrollTo(0, 0);
  (document.getElementById(wanted) ?? main).focus({ preventScroll: true });
  wanted = "";
  document.getElementById("said").textContent = title;
}

const theme = memory.get();
if (theme === "light" || theme === "dark") root.dataset.theme = theme;
header();
show(false);
addEventListener("hashchange", () => show(true));
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  const filter = document.getElementById("filter-q");
  if (filter) return filter.focus();
  wanted = "filter-q";
  location.hash = "#/workloads";
});
// Not by the address, which says what page this is.
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
performance.mark("daysix-ready");
