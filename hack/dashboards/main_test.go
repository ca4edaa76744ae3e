package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDashboardsFitGrafanasSchema(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range boards() {
		if _, err := render(b); err != nil {
			t.Errorf("%s: %v", b.uid, err)
		}
		if seen[b.uid] || len(b.uid) > 40 {
			t.Errorf("uid %s is there twice, or too long", b.uid)
		}
		seen[b.uid] = true
	}
}

func TestTheSchemaRefusesWhatItDoesNotKnow(t *testing.T) {
	text, err := render(overview())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(map[string]any){
		"a field of a dashboard": func(d map[string]any) { d["colour"] = "red" },
		"a field of a panel":     func(d map[string]any) { panelOf(t, d)["colour"] = "red" },
		"a type":                 func(d map[string]any) { panelOf(t, d)["title"] = 7 },
		"a field of a query": func(d map[string]any) {
			panelOf(t, d)["targets"].([]any)[0].(map[string]any)["promql"] = "up"
		},
	} {
		t.Run(name, func(t *testing.T) {
			var d map[string]any
			if err := json.Unmarshal(text, &d); err != nil {
				t.Fatal(err)
			}
			change(d)
			changed, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			if err := check(changed); err == nil {
				t.Error("nothing is refused")
			}
		})
	}
}

func panelOf(t *testing.T, d map[string]any) map[string]any {
	t.Helper()
	for _, p := range d["panels"].([]any) {
		if p := p.(map[string]any); !strings.EqualFold(p["type"].(string), "row") {
			return p
		}
	}
	t.Fatal("there is no panel")
	return nil
}
