package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// firstNames are the names of the first workloads of the list, in the order in which they stand there.
const firstNames = `[...document.querySelectorAll("tbody tr")].slice(0, 3).map((row) => row.querySelector(".workload").textContent).join(" ")`

// attack is a small cluster in which one workload leads to another.
const attack = "../../internal/cli/testdata/attack"

func TestAUserSortsFiltersAndOpens(t *testing.T) {
	p := open(t, "file://"+report(t, "", "-f", attack), desktop)
	shows(p, `document.title`, "Overview · Daysix report")
	shows(p, `document.querySelector(".tiles").innerText.replace(/\s+/g, " ")`,
		"4 workloads, 3 pods 3 are Critical 0 are High 1 would not come back 2 nobody makes again 0 may not come back")

	js[bool](p, `document.querySelector("nav a:nth-child(2)").click() || true`)
	p.until(`document.title.startsWith("Workloads")`)
	shows(p, firstNames, "Pod/operator ReplicaSet/cart Pod/debugger")
	shows(p, `document.querySelectorAll("[aria-sort]").length + " " + document.querySelector("[aria-sort]").getAttribute("aria-sort")`, "1 descending")

	click := func(heading string) {
		js[bool](p, `[...document.querySelectorAll("th button")].find((b) => b.textContent === "`+heading+`").click() || true`)
	}
	click("Score")
	shows(p, firstNames, "StatefulSet/cart Pod/debugger ReplicaSet/cart")
	shows(p, `document.querySelector("[aria-sort]").textContent + document.querySelector("[aria-sort]").getAttribute("aria-sort")`, "Scoreascending")
	click("Workload")
	shows(p, firstNames, "ReplicaSet/cart StatefulSet/cart Pod/debugger")
	click("Severity")
	shows(p, firstNames, "Pod/operator ReplicaSet/cart Pod/debugger")

	js[bool](p, `(() => { const f = document.querySelector("#filter-restart"); f.value = "Denied"; f.dispatchEvent(new Event("change")); return true; })()`)
	shows(p, firstNames, "ReplicaSet/cart")
	shows(p, `document.querySelector("output").textContent`, "1 of 4 workloads")
	address := js[string](p, `location.href`)
	js[bool](p, `document.querySelector("tbody a").click() || true`)
	p.until(`document.title.startsWith("ReplicaSet/cart")`)
	for _, part := range []string{
		"Become cluster-admin?", "Control its node?", "Create pods?", "Jump to other nodes?", "Reach outside systems?", "Reach other pods?", "Read Secrets?",
		"Fix first: Remove privileged: true", "TokenOnNode: Pod tools/operator: its token lies on the node", "PodSecurity baseline:latest",
		"spec.containers[0].securityContext.privileged: true", "How the score adds up", "kubectl daysix explain replicaset/cart -n shop",
	} {
		if !strings.Contains(js[string](p, `document.body.innerText`), part) {
			t.Errorf("the page of the workload does not say %q", part)
		}
	}
	shows(p, `document.querySelectorAll(".picture .goal").length`, 5)
	shows(p, `document.querySelector(".picture svg").getAttribute("aria-label").startsWith("Ways from ReplicaSet shop/cart to cluster-admin")`, true)

	// What was chosen is part of the address.
	js[bool](p, `(history.back(), true)`)
	p.until(`document.title.startsWith("Workloads")`)
	shows(p, `location.href`, address)
	shows(p, firstNames, "ReplicaSet/cart")
	js[bool](p, `(location.hash = "#/day-6", true)`)
	p.until(`document.title.startsWith("Day 6")`)
	shows(p, `[...document.querySelectorAll("h2")].map((h) => h.textContent).join(", ")`,
		"What refuses, 1 workload would be refused, 2 workloads nobody makes again")
}

func TestTheKeyboardAloneIsEnough(t *testing.T) {
	p := open(t, "file://"+report(t, "", "-f", attack), desktop)
	const focused = `(document.activeElement.textContent || document.activeElement.id)`
	p.keys(kb.Tab)
	shows(p, focused, "Skip to the content")
	shows(p, `document.activeElement.getBoundingClientRect().left >= 0`, true)
	p.keys(kb.Enter)
	p.until(`document.activeElement.id === "main"`)
	shows(p, `document.querySelector("h1").textContent`, "Overview")

	p.keys("/")
	p.until(`document.activeElement.id === "filter-q"`)
	p.keys("c", "a", "r", "t", " ", "s", "h", "o", "p")
	shows(p, firstNames, "ReplicaSet/cart StatefulSet/cart")
	shows(p, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
	// Past four choices and the headings that sort, to the first workload; then by arrows.
	for range 20 {
		if js[bool](p, `document.activeElement.matches("tbody a")`) {
			break
		}
		p.keys(kb.Tab)
		shows(p, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
	}
	shows(p, focused, "ReplicaSet/cart")
	p.keys(kb.ArrowDown)
	shows(p, focused, "StatefulSet/cart")
	p.keys(kb.Home)
	shows(p, focused, "ReplicaSet/cart")
	p.keys(kb.Enter)
	p.until(`document.title.startsWith("ReplicaSet/cart")`)
	// A reader of the screen is told, and goes on from the top of the new page.
	shows(p, `document.activeElement.id + " " + document.getElementById("said").textContent`, "main ReplicaSet/cart")
}

func TestDarkModeFollowsTheSystemAndTheButton(t *testing.T) {
	page := "file://" + report(t, "", "-f", attack)
	const ground = `getComputedStyle(document.body).backgroundColor`
	const light, dark = "rgb(247, 247, 245)", "rgb(19, 20, 22)"
	shows(open(t, page, desktop), ground, light)
	p := open(t, page, screen{1280, 900, "dark"})
	shows(p, ground, dark)
	shows(p, `document.getElementById("theme").textContent`, "Light")
	js[bool](p, `document.getElementById("theme").click() || true`)
	shows(p, ground, light)
	js[bool](p, `document.getElementById("theme").click() || true`)
	shows(p, ground, dark)
}

func TestNothingOverflowsANarrowScreen(t *testing.T) {
	page := "file://" + report(t, "", "-f", attack)
	for _, route := range []string{"#/", "#/workloads", "#/day-6", "#/workload/shop/ReplicaSet/cart"} {
		p := open(t, page+route, screen{360, 740, "light"})
		shows(p, `document.documentElement.scrollWidth <= innerWidth`, true)
	}
}
