package snapshot

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// A small shop: web runs on both nodes, db on one, and cron runs nothing at the moment.
func smallShop() *Snapshot {
	return synced(
		deployment("web"), replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
		newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1"), onNode("one")),
		newPod("web-1-b", ownedBy("apps/v1", "ReplicaSet", "web-1"), onNode("two")),
		statefulSet("db"), newPod("db-0", ownedBy("apps/v1", "StatefulSet", "db"), onNode("two"), runningAs("db")),
		cronJob("cron"), newNode("one"), newNode("two"),
	)
}

func TestSurroundingsAffectExactlyTheWorkloadsThatUseThem(t *testing.T) {
	web, db, cron := key("apps", "Deployment", "web"), key("apps", "StatefulSet", "db"), key("batch", "CronJob", "cron")
	account := types.NamespacedName{Namespace: shop, Name: "db"}
	leaving := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop, DeletionTimestamp: ptr.To(metav1.Unix(1, 0))}}
	azure := newNode("one")
	azure.Spec.ProviderID = "azure:///subscriptions/1"

	for name, test := range map[string]struct {
		before func(*Snapshot)
		event  func(*Snapshot) Affected
		want   Affected
	}{
		"the first node of the control plane affects everybody": {
			event: func(s *Snapshot) Affected { return s.UpsertNode(newNode("one", controlPlaneLabels[0])) },
			want:  Affected{cron, web, db},
		},
		"another node that joins the control plane": {
			before: func(s *Snapshot) { s.UpsertNode(newNode("three", controlPlaneLabels[0])) },
			event:  func(s *Snapshot) Affected { return s.UpsertNode(newNode("one", controlPlaneLabels[0])) }, want: Affected{web},
		},
		"a node with the label from before 1.20": {
			before: func(s *Snapshot) { s.UpsertNode(newNode("three", controlPlaneLabels[0])) },
			event:  func(s *Snapshot) Affected { return s.UpsertNode(newNode("two", controlPlaneLabels[1])) }, want: Affected{web, db},
		},
		"a node that turns out to be in a cloud": {
			event: func(s *Snapshot) Affected { return s.UpsertNode(azure) }, want: Affected{web},
		},
		"a node that gets another label affects nobody": {
			event: func(s *Snapshot) Affected { return s.UpsertNode(newNode("one", "zone")) },
		},
		"a worker that is deleted affects nobody": {
			event: func(s *Snapshot) Affected { return s.DeleteNode("one") },
		},
		"the last node of the control plane that is deleted affects everybody": {
			before: func(s *Snapshot) { s.UpsertNode(newNode("one", controlPlaneLabels[0])) },
			event:  func(s *Snapshot) Affected { return s.DeleteNode("one") }, want: Affected{cron, web, db},
		},
		"a worker that is seen after its pods affects nobody": {
			before: func(s *Snapshot) { upsert(s, newPod("alone", onNode("three"))) },
			event:  func(s *Snapshot) Affected { return s.UpsertNode(newNode("three")) },
		},
		"a ServiceAccount that stops mounting its token": {
			event: func(s *Snapshot) Affected { return s.UpsertServiceAccount(serviceAccount("db", ptr.To(false))) }, want: Affected{db},
		},
		"the default ServiceAccount, templates included": {
			event: func(s *Snapshot) Affected { return s.UpsertServiceAccount(serviceAccount("default", ptr.To(true))) },
			want:  Affected{cron, web, db},
		},
		"a ServiceAccount that was missing": {
			event: func(s *Snapshot) Affected { return s.UpsertServiceAccount(serviceAccount("db", nil)) }, want: Affected{db},
		},
		"a ServiceAccount that nobody uses affects nobody": {
			event: func(s *Snapshot) Affected { return s.UpsertServiceAccount(serviceAccount("other", nil)) },
		},
		"a ServiceAccount that is seen again affects nobody": {
			before: func(s *Snapshot) { s.UpsertServiceAccount(serviceAccount("db", ptr.To(false))) },
			event:  func(s *Snapshot) Affected { return s.UpsertServiceAccount(serviceAccount("db", ptr.To(false))) },
		},
		"a ServiceAccount that is deleted": {
			before: func(s *Snapshot) { s.UpsertServiceAccount(serviceAccount("db", ptr.To(false))) },
			event:  func(s *Snapshot) Affected { return s.DeleteServiceAccount(account) }, want: Affected{db},
		},
		"a ServiceAccount that set nothing and is deleted": {
			before: func(s *Snapshot) { s.UpsertServiceAccount(serviceAccount("db", nil)) },
			event:  func(s *Snapshot) Affected { return s.DeleteServiceAccount(account) }, want: Affected{db},
		},
		"a ServiceAccount that is not there and is deleted affects nobody": {
			event: func(s *Snapshot) Affected { return s.DeleteServiceAccount(account) },
		},
		"a namespace affects its workloads": {
			event: func(s *Snapshot) Affected { return upsert(s, leaving) }, want: Affected{cron, web, db},
		},
		"a namespace that is seen again affects nobody": {
			before: func(s *Snapshot) { upsert(s, leaving) },
			event:  func(s *Snapshot) Affected { return upsert(s, leaving) },
		},
		"another namespace affects nobody": {
			event: func(s *Snapshot) Affected { return upsert(s, enforcing("other", levelBaseline)) },
		},
		"a namespace that is gone affects its workloads": {
			before: func(s *Snapshot) { upsert(s, leaving) },
			event:  func(s *Snapshot) Affected { return s.DeleteNamespace(shop) }, want: Affected{cron, web, db},
		},
		"a source that is lost affects everybody": {
			event: func(s *Snapshot) Affected { return s.SetSource(Nodes, Forbidden) }, want: Affected{cron, web, db},
		},
		"a source that stays as it was affects nobody": {
			event: func(s *Snapshot) Affected { return s.SetSource(Nodes, Synced) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := smallShop()
			if test.before != nil {
				test.before(s)
			}
			revision := s.Revision()
			wantDiff(t, "affected workloads", test.want, test.event(s))
			if s.Revision() == revision && test.want != nil {
				t.Errorf("revision %d, was %d", s.Revision(), revision)
			}
		})
	}
}

func TestUnavailableSourcesAreInTheView(t *testing.T) {
	s := smallShop()
	s.SetSource(Nodes, Forbidden)
	s.SetSource(CronJobs, Missing)
	s.SetSource(ServiceAccounts, NotGiven)
	s.SetSource(Namespaces, NotSynced)
	view, _ := s.View(key("apps", "StatefulSet", "db"))
	want := []SourceStatus{{CronJobs, Missing}, {Namespaces, NotSynced}, {Nodes, Forbidden}}
	wantDiff(t, "unavailable sources", want, view.Unavailable)
	if s.Settled() {
		t.Error("settled while namespaces are still being read")
	}
	s.SetSource(Namespaces, Forbidden)
	if !s.Settled() {
		t.Error("not settled although every source is read or out of reach")
	}
}
