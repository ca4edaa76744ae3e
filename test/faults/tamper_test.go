package faults

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// tampering are faults by somebody who changes what is Daysix's.
func tampering() []fault {
	return []fault{
		{
			name: "rights are revoked and given back", quick: true,
			how: "the binding of the manager's role is deleted, and watches have to begin anew",
			run: rightsRevoked,
		},
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

func rightsRevoked(e *episode) {
	var bindings rbacv1.ClusterRoleBindingList
	must(e.T, e.admin.List(e.Context(), &bindings))
	ours := slices.DeleteFunc(bindings.Items, func(b rbacv1.ClusterRoleBinding) bool {
		return len(b.Subjects) != 1 || b.Subjects[0].Name != cluster.ManagerAccount
	})
	for i := range ours {
		must(e.T, e.admin.Delete(e.Context(), &ours[i]))
	}
	restore := func(ctx context.Context) {
		for i := range ours {
			ours[i].ResourceVersion, ours[i].UID = "", ""
			must(e.T, client.IgnoreAlreadyExists(e.admin.Create(ctx, &ours[i])))
		}
	}
	e.Cleanup(func() { restore(background()) })
	e.toServer.cut()
	e.toServer.mend(e.T)
	e.changes()
	e.sees("`daysix_source_state{state=\"Forbidden\"}`", func() bool {
		return e.manager.metric("daysix_source_state", map[string]string{"state": "Forbidden"}) > 20
	})
	e.sees("`/readyz`", func() bool { return !e.manager.ready() })
	restore(e.Context())
	e.ends()
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
