package faults

import (
	"flag"
	"testing"
)

var page = flag.String("page", "", "Page that the table of recovery times is written into; empty: none.")

// faults lists them in the order of the page.
func faults() []fault {
	var all []fault
	for _, group := range [][]fault{processes(), network(), answers(), tampering()} {
		all = append(all, group...)
	}
	return all
}

func TestTheAuditIsRightAfter(t *testing.T) {
	l := newLab(t)
	var results []result
	for _, f := range faults() {
		if testing.Short() && !f.quick {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			e := l.begin(t)
			f.run(e)
			r := e.recovers(&f)
			t.Logf("%+v", r)
			results = append(results, r)
		})
	}
	if *page == "" || t.Failed() {
		return
	}
	if len(results) != len(faults()) {
		t.Fatal("the page takes all faults: run without -short and -run")
	}
	must(t, writePage(*page, results))
}
