package controllers

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

// follower takes in events as the controller does, by its feeds and its solver, and keeps the reports of the workloads that
// it was asked for: never one more.
type follower struct {
	engine  *assess.Engine
	solver  *Solver
	feeds   map[string]feed
	reports map[snapshot.Key]string
}

func newFollower() *follower {
	f := &follower{engine: newEngine(synced()), feeds: make(map[string]feed), reports: make(map[snapshot.Key]string)}
	f.solver = NewSolver(f.engine, clocktesting.NewFakeClock(time.Unix(0, 0)), func(_ bool, keys ...snapshot.Key) {
		for _, key := range keys {
			f.assess(key)
		}
	})
	s := f.engine.Snapshot
	rights := func(subjects ...rbac.Subject) snapshot.Affected {
		f.solver.RightsChanged(subjects...)
		return nil // There are no policies.
	}
	for _, fd := range slices.Concat(feedsOf(s), grantFeeds(f.engine.Grants, s, rights), networkFeeds(f.engine, s, func(snapshot.Affected) {})) {
		f.feeds[fmt.Sprintf("%T", fd.object)] = fd
	}
	return f
}

func (f *follower) assess(key snapshot.Key) {
	a := f.engine.Assess(key)
	if a == nil {
		delete(f.reports, key)
		return
	}
	// What would be left after a fix is found when a workload is assessed, and is not a reason to assess it.
	a.TopFix = nil
	encoded, err := json.Marshal(report.Build(a))
	if err != nil {
		panic(err)
	}
	f.reports[key] = string(encoded)
}

// see tells of an object as it is now, or that it is gone.
func (f *follower) see(object client.Object, there bool) {
	fd := f.feeds[fmt.Sprintf("%T", object)]
	kept := f.engine.Snapshot.Transform(object.DeepCopyObject())
	if there {
		f.solver.Changed(true, fd.upsert(kept)...)
		return
	}
	f.solver.Changed(true, fd.remove(kept)...)
}

// objects are those of a cluster, by kind and name.
type objects map[string]client.Object

func (o objects) follow(order []string) *follower {
	f := newFollower()
	for _, id := range order {
		f.see(o[id], true)
	}
	f.solver.Everything(func() {})
	f.solver.Step()
	for _, key := range f.engine.Snapshot.Workloads() {
		f.assess(key)
	}
	return f
}

func (o objects) ids() []string { return slices.Sorted(maps.Keys(o)) }

func id(object client.Object) string {
	return fmt.Sprintf("%T %s/%s", object, object.GetNamespace(), object.GetName())
}

// drawObject makes an object of a small cluster, in which most lead to each other.
func drawObject(t *rapid.T) client.Object {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	name, namespace := pick("name", "a", "b", "c"), pick("namespace", "shop", "bank")
	meta := metav1.ObjectMeta{Name: name, Namespace: namespace}
	switch pick("kind", "Pod", "Pod", "Pod", "Node", "Namespace", "ServiceAccount", "Role", "Binding", "ClusterRole", "Binding", "Binding", "Policy", "Secret") {
	case "Pod":
		return drawPod(t, meta)
	case "Node":
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if rapid.Bool().Draw(t, "control plane") {
			n.Labels = map[string]string{"node-role.kubernetes.io/control-plane": ""}
		}
		n.Spec.ProviderID = pick("provider", "", "aws:///x/"+name)
		return n
	case "Namespace":
		labels := map[string]string{"pod-security.kubernetes.io/enforce": pick("level", "privileged", "baseline", "restricted")}
		return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, Labels: labels}}
	case "ServiceAccount":
		return &corev1.ServiceAccount{ObjectMeta: meta, AutomountServiceAccountToken: rapid.SampledFrom([]*bool{nil, ptr.To(false)}).Draw(t, "automount")}
	case "Role":
		return &rbacv1.Role{ObjectMeta: meta, Rules: drawRules(t)}
	case "ClusterRole":
		return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: drawRules(t)}
	case "Binding":
		return drawBinding(t, meta)
	case "Secret":
		m := secretMetadata()
		m.ObjectMeta = meta
		m.Annotations = map[string]string{corev1.ServiceAccountNameKey: pick("token of", "a", "b")}
		return m
	default:
		return &networkingv1.NetworkPolicy{ObjectMeta: meta, Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{"app": pick("selects", "a", "b")}},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyType(pick("direction", "Ingress", "Egress"))},
		}}
	}
}

func drawPod(t *rapid.T, meta metav1.ObjectMeta) *corev1.Pod {
	meta.Labels = map[string]string{"app": meta.Name}
	p := &corev1.Pod{ObjectMeta: meta, Spec: corev1.PodSpec{
		ServiceAccountName: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "account"),
		NodeName:           rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "node"),
		Containers:         []corev1.Container{{Name: "main", Image: "x"}},
	}}
	if rapid.IntRange(0, 3).Draw(t, "privileged") == 0 {
		p.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(true)}
	}
	if rapid.IntRange(0, 2).Draw(t, "secret") == 0 {
		p.Spec.Volumes = []corev1.Volume{{Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "a"}}}}
		p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "s", MountPath: "/s"}}
	}
	return p
}

// drawRules are rights that edges follow.
func drawRules(t *rapid.T) []rbacv1.PolicyRule {
	rights := []string{
		"* * *", "get secrets ", "create pods ", "create pods/exec ", "create serviceaccounts/token ", "get nodes/proxy ", "patch nodes ",
		"delete pods ", "patch pods/ephemeralcontainers ", "create deployments apps", "update configmaps ", "create,get secrets ",
		"impersonate serviceaccounts ", "create pods/attach ", "update namespaces ", "bind,create clusterroles,rolebindings " + rbacv1.GroupName,
	}
	var rules []rbacv1.PolicyRule
	for _, right := range rapid.SliceOfNDistinct(rapid.SampledFrom(rights), 0, 2, rapid.ID).Draw(t, "rights") {
		f := strings.Split(right, " ")
		rules = append(rules, rbacv1.PolicyRule{Verbs: strings.Split(f[0], ","), Resources: strings.Split(f[1], ","), APIGroups: f[2:]})
	}
	return rules
}

func drawBinding(t *rapid.T, meta metav1.ObjectMeta) client.Object {
	subject := rapid.SampledFrom([]rbacv1.Subject{
		{Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: "a"},
		{Kind: rbacv1.ServiceAccountKind, Namespace: "bank", Name: "b"},
		{Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: "c"},
		{Kind: rbacv1.UserKind, Name: "system:node:a"},
		{Kind: rbacv1.GroupKind, Name: "system:serviceaccounts:bank"},
		{Kind: rbacv1.GroupKind, Name: "system:serviceaccounts"},
		{Kind: rbacv1.GroupKind, Name: "system:nodes"},
		{Kind: rbacv1.GroupKind, Name: "system:authenticated"},
	}).Draw(t, "subject")
	ref := rbacv1.RoleRef{Kind: "ClusterRole", Name: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "role")}
	if rapid.Bool().Draw(t, "cluster") {
		meta.Namespace = ""
		return &rbacv1.ClusterRoleBinding{ObjectMeta: meta, RoleRef: ref, Subjects: []rbacv1.Subject{subject}}
	}
	ref.Kind = rapid.SampledFrom([]string{"Role", "ClusterRole"}).Draw(t, "role kind")
	return &rbacv1.RoleBinding{ObjectMeta: meta, RoleRef: ref, Subjects: []rbacv1.Subject{subject}}
}

// What the controller says after any changes is what it would say had it started now: no workload is forgotten.
func TestFollowingIsLikeStartingAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawObjects(t)
		f := there.follow(there.ids())
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			what := change(t, there, f)
			f.solver.Step()
			fresh := there.follow(there.ids())
			if diff := cmp.Diff(fresh.reports, f.reports); diff != "" {
				t.Fatalf("after %s (-anew +followed):\n%s", what, diff)
			}
		}
	})
}

// change makes one of a cluster and tells the follower.
func change(t *rapid.T, there objects, f *follower) string {
	if len(there) > 0 && rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
		gone := rapid.SampledFrom(there.ids()).Draw(t, "which")
		f.see(there[gone], false)
		delete(there, gone)
		return "- " + gone
	}
	object := drawObject(t)
	there[id(object)] = object
	f.see(object, true)
	return "+ " + id(object)
}

func drawObjects(t *rapid.T) objects {
	there := objects{}
	for range rapid.IntRange(0, 25).Draw(t, "objects") {
		object := drawObject(t)
		there[id(object)] = object
	}
	return there
}

// The same cluster gives the same bytes, in whatever order its objects came.
func TestReportsDoNotDependOnTheOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawObjects(t)
		order := rapid.Permutation(there.ids()).Draw(t, "order")
		if diff := cmp.Diff(there.follow(there.ids()).reports, there.follow(order).reports); diff != "" {
			t.Fatalf("(-sorted +shuffled):\n%s", diff)
		}
	})
}
