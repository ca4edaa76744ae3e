package snapshot

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

func TestVolumesBehindClaims(t *testing.T) {
	pod := newPod("db-0", ownedBy("apps/v1", "StatefulSet", "db"), mounting("data", "data-db-0"))
	mine := Affected{key("apps", "StatefulSet", "db")}
	local := hostPathVolume("local", "data-db-0", "")
	local.Spec.PersistentVolumeSource = corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: "/mnt/ssd"}}
	network := hostPathVolume("a", "data-db-0", "")
	network.Spec.PersistentVolumeSource = corev1.PersistentVolumeSource{NFS: &corev1.NFSVolumeSource{Server: "nfs", Path: "/"}}
	released := hostPathVolume("a", "data-db-0", "/old")
	released.Status.Phase = corev1.VolumeReleased
	unbound := hostPathVolume("a", "", "/var")
	unbound.Spec.ClaimRef = nil

	for name, test := range map[string]struct {
		before   []any
		event    any
		affected Affected
		claims   map[string]HostVolume
	}{
		"a hostPath volume is seen through its claim": {
			event: hostPathVolume("a", "data-db-0", "/var"), affected: mine,
			claims: map[string]HostVolume{"data-*": {PersistentVolume: "a", Path: "/var"}},
		},
		"a local volume is seen through its claim": {
			event: local, affected: mine,
			claims: map[string]HostVolume{"data-*": {PersistentVolume: "local", Path: "/mnt/ssd", Local: true}},
		},
		"a volume of the network is nothing of a node":      {event: network},
		"a volume that no claim holds affects nobody":       {event: unbound},
		"a volume of somebody else's claim affects nobody":  {event: hostPathVolume("a", "other", "/var")},
		"a volume that a claim has left does not count":     {event: released},
		"a volume that is seen again affects nobody":        {before: []any{hostPathVolume("a", "data-db-0", "/var")}, event: hostPathVolume("a", "data-db-0", "/var"), claims: map[string]HostVolume{"data-*": {PersistentVolume: "a", Path: "/var"}}},
		"a volume that is released gives up its claim":      {before: []any{hostPathVolume("a", "data-db-0", "/old")}, event: released, affected: mine},
		"a volume that turns into one of the network":       {before: []any{hostPathVolume("a", "data-db-0", "/var")}, event: network, affected: mine},
		"a released volume never hides the one that is new": {before: []any{hostPathVolume("b", "data-db-0", "/new")}, event: released, claims: map[string]HostVolume{"data-*": {PersistentVolume: "b", Path: "/new"}}},
		"of two volumes that name one claim the first counts": {
			before: []any{hostPathVolume("b", "data-db-0", "/b")}, event: hostPathVolume("a", "data-db-0", "/a"), affected: mine,
			claims: map[string]HostVolume{"data-*": {PersistentVolume: "a", Path: "/a"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(append([]any{statefulSet("db"), pod, statefulSet("other"), newPod("alone")}, test.before...)...)
			wantDiff(t, "affected workloads", test.affected, upsert(s, test.event))
			view, _ := s.View(mine[0])
			wantDiff(t, "claims", test.claims, view.Groups[0].Claims)
		})
	}
}

func TestVolumeThatGoesAffectsItsUsers(t *testing.T) {
	s := synced(
		newPod("alone", mounting("data", "cart")), newPod("other"),
		hostPathVolume("a", "cart", "/a"), hostPathVolume("b", "cart", "/b"),
	)
	wantDiff(t, "affected workloads", Affected{key("", "Pod", "alone")}, s.DeletePersistentVolume("a"))
	view, _ := s.View(key("", "Pod", "alone"))
	wantDiff(t, "claims", map[string]HostVolume{"cart": {PersistentVolume: "b", Path: "/b"}}, view.Groups[0].Claims)
	wantDiff(t, "affected workloads", Affected(nil), s.DeletePersistentVolume("a"))
	s.DeletePod(types.NamespacedName{Namespace: shop, Name: "alone"})
	wantDiff(t, "affected workloads", Affected(nil), s.DeletePersistentVolume("b"))
}

func TestVolumeOfATemplateIsSeenWhereNoPodRuns(t *testing.T) {
	scaledToZero := deployment("web")
	scaledToZero.Spec.Template.Spec.Volumes = newPod("x", mounting("data", "cart")).Spec.Volumes
	s := synced(scaledToZero, deployment("other"))
	web := key("apps", "Deployment", "web")
	wantDiff(t, "affected workloads", Affected{web}, upsert(s, hostPathVolume("a", "cart", "/var")))
	view, _ := s.View(web)
	wantDiff(t, "claims", map[string]HostVolume{"cart": {PersistentVolume: "a", Path: "/var"}}, view.Template.Claims)
}
