package browser

import (
	"strings"
	"testing"
)

// hostile holds names that would run, or break out of where they stand, were they markup, a script, an address or a style.
const hostile = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"</script><script>document.title='taken'</script>",` +
	`"namespace":"\"'><img src=x onerror=document.title='taken'>"},"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"hostPID":true,` +
	`"serviceAccountName":"javascript:document.title='taken'","containers":[{"name":"<!--<script>\u2028{{7*7}}${7*7}",` +
	`"image":"\u202egpj.<svg onload=document.title='taken'>\u0000\u001b[2J","securityContext":{"privileged":true}}]}}}}` +
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"__proto__","namespace":"constructor"},"spec":{"containers":[{"name":"%2e%2e/#?&","image":"a"}]}}` +
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\ud800","namespace":"%"},"spec":{"containers":[{"name":"b","image":"a"}]}}`

func TestHostileNamesAreInert(t *testing.T) {
	p := open(t, "file://"+report(t, hostile, "-f", "-")+"#/workloads", desktop)
	shows(p, `document.querySelectorAll("tbody tr").length`, 3)
	for _, name := range []string{"Deployment/</script><script>document.title='taken'</script>", `"'><img src=x onerror=document.title='taken'>`, "Pod/__proto__"} {
		if !strings.Contains(js[string](p, `document.querySelector("tbody").textContent`), name) {
			t.Errorf("the list does not show %q as it is", name)
		}
	}
	const strangers = `document.querySelectorAll("img, iframe, object, svg[onload], script:not([type='application/json'])").length`
	for i := range 3 {
		js[bool](p, `document.querySelectorAll("tbody a")[`+string(rune('0'+i))+`].click() || true`)
		p.until(`location.hash.startsWith("#/workload/") && document.querySelector("h1").textContent !== "Workloads"`)
		if text := js[string](p, `document.querySelector("h1").textContent`); text == "No such workload" {
			t.Errorf("workload %d cannot be opened: %s", i, js[string](p, `location.hash`))
		}
		shows(p, strangers, 1) // The page's own script.
		shows(p, `document.title.endsWith("· Daysix report")`, true)
		shows(p, `[...document.querySelectorAll("a")].every((a) => a.protocol === "file:" || a.href.startsWith("https://github.com/daysix/daysix/blob/main/docs/"))`, true)
		shows(p, `/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]/.test(document.getElementById("main").textContent)`, false)
		// A shell must not be offered what it would take for a command.
		if name := js[string](p, `document.querySelector("h1").textContent`); strings.Contains(name, "<") {
			shows(p, `document.getElementById("main").textContent.includes("kubectl daysix explain")`, false)
		}
		js[bool](p, `(history.back(), true)`)
		p.until(`document.title.startsWith("Workloads")`)
	}
	// Were a name ever markup after all, the policy stands behind.
	shows(p, `(() => { try { document.body.innerHTML = "<b>x</b>"; return "set"; } catch { return "refused"; } })()`, "refused")
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, said := range p.complaints {
		if !strings.Contains(said, "TrustedHTML") {
			t.Errorf("the console says %q", said)
		}
	}
	p.complaints = nil
}
