package faults

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// tampering are faults by somebody who changes what is Daysix's.
func tampering() []fault {
	return []fault{
		{
			name: "reports are forged and deleted", quick: true,
			how: "for two seconds an administrator writes scores of 0 over the reports of one namespace and deletes those of another",
			run: forged,
		},
		{
			name: "another writer fights for the reports",
			how:  "for five seconds four writers take the score over by server-side apply, one time after the other",
			run:  conflicts,
		},
	}
}

func forged(e *episode) {
	restored := func() float64 {
		return e.manager.metric("daysix_report_writes_total", map[string]string{"result": "restored"})
	}
	zero := client.RawPatch(types.MergePatchType, []byte(`{"status": {"score": 0, "severity": "Minimal", "findings": null}}`))
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until); {
		for name := range e.before {
			namespace, report, _ := strings.Cut(name, "/")
			r := &daysixv1alpha1.PodSecurityReport{ObjectMeta: meta(namespace, report)}
			switch namespace {
			case shop:
				if e.admin.Patch(e.Context(), r, zero) == nil {
					e.may(1, name)
				}
			case "bank":
				if e.admin.Delete(e.Context(), r) == nil {
					e.may(1, name)
				}
			}
		}
	}
	e.sees("`daysix_report_writes_total{result=\"restored\"}`", func() bool { return restored() > 0 })
	e.ends()
}

func conflicts(e *episode) {
	names := slices.Sorted(maps.Keys(e.before))
	ctx, stop := context.WithTimeout(e.Context(), 5*time.Second)
	defer stop()
	done := make(chan int)
	const writers = 4
	for w := range writers {
		go func() {
			forgeries := 0
			defer func() { done <- forgeries }()
			for i := 0; ctx.Err() == nil; i++ {
				namespace, report, _ := strings.Cut(names[(i*writers+w)%len(names)], "/")
				r := &daysixv1alpha1.PodSecurityReport{ObjectMeta: meta(namespace, report)}
				forgery := client.RawPatch(types.ApplyPatchType, []byte(`{"apiVersion": "daysix.dev/v1alpha1", "kind": "PodSecurityReport",
					"status": {"score": `+string(rune('1'+w))+`, "serviceAccountName": "nobody"}}`))
				if e.admin.Patch(ctx, r, forgery, client.FieldOwner("mallory"), client.ForceOwnership) == nil {
					forgeries++
				}
			}
		}()
	}
	forgeries := 0
	for range writers {
		forgeries += <-done
	}
	// Each forgery is undone by an apply, and what mallory still owns afterwards is taken from him by an update.
	e.again = 2 * forgeries
	e.sees("`daysix_report_writes_total{result=\"restored\"}`", func() bool {
		return e.manager.metric("daysix_report_writes_total", map[string]string{"result": "restored"}) > 0
	})
	e.ends()
}
