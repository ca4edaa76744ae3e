package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"
)

// world is a cluster that changes at random: few names, so that objects meet, go, and are created again.
type world struct {
	objects map[string]any
	sources map[Source]State
}

// ownerRefs are the controllers that pods and owners are drawn from; the empty one is none.
var ownerRefs = [...][2]string{
	{"", ""},
	{"apps/v1", "Deployment"},
	{"apps/v1", "ReplicaSet"},
	{"apps/v1", "StatefulSet"},
	{"apps/v1", "DaemonSet"},
	{"batch/v1", "Job"},
	{"batch/v1", "CronJob"},
	{"v1", "ReplicationController"},
	{"v1", "Node"},
	{"argoproj.io/v1alpha1", "Rollout"},
	{"shop.example/v1", "Not A Kind"},
}

func (w *world) newMeta(t *rapid.T, id, name string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Namespace: shop, Name: name, UID: types.UID(id + "-1")}
	if old, ok := w.objects[id].(metav1.Object); ok {
		m.UID = old.GetUID()
		m.CreationTimestamp = old.GetCreationTimestamp()
	}
	if rapid.IntRange(0, 9).Draw(t, "again") == 0 {
		m.UID = types.UID(id + "-2")
	}
	m.CreationTimestamp = metav1.NewTime(time.Unix(int64(len(id)+len(m.UID)), 0))
	if rapid.IntRange(0, 4).Draw(t, "deleting") == 0 {
		m.DeletionTimestamp = ptr.To(metav1.Unix(1, 0))
	}
	ref := rapid.SampledFrom(ownerRefs[:]).Draw(t, "owner")
	owner := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "owner name")
	uid := "-1"
	if rapid.IntRange(0, 9).Draw(t, "owner again") == 0 {
		uid = "-2"
	}
	m.OwnerReferences = controller(ref[0], ref[1], owner, ref[1]+"/"+owner+uid)
	return m
}

func (w *world) drawPod(t *rapid.T, name string) *corev1.Pod {
	p := newPod(name)
	p.ObjectMeta = w.newMeta(t, "Pod/"+name, name)
	for _, option := range []podOption{
		onNode(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "node")),
		runningAs(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "service account")),
		inPhase(rapid.SampledFrom([]corev1.PodPhase{corev1.PodPending, corev1.PodRunning, corev1.PodRunning, corev1.PodFailed}).Draw(t, "phase")),
	} {
		option(p)
	}
	if rapid.Bool().Draw(t, "claim") {
		mounting("data", rapid.SampledFrom([]string{"a", "b", "c-" + name}).Draw(t, "claim name"))(p)
	}
	if rapid.Bool().Draw(t, "secret") {
		takingSecret(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "secret name"))(p)
	}
	if rapid.Bool().Draw(t, "observed") {
		observedUID(rapid.Int64Range(0, 1).Draw(t, "uid"))(p)
	}
	if rapid.IntRange(0, 4).Draw(t, "debugged") == 0 {
		debugged(p)
	}
	p.Spec.PriorityClassName = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "priority class")
	p.Spec.RuntimeClassName = rapid.SampledFrom([]*string{nil, ptr.To("a")}).Draw(t, "runtime class")
	p.Labels = map[string]string{appsv1.ControllerRevisionHashLabelKey: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "label")}
	p.Annotations = map[string]string{"note": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "annotation")}
	return p
}

func (w *world) drawOwner(t *rapid.T, kind, name string) any {
	m := w.newMeta(t, kind+"/"+name, name)
	spec := template()
	spec.Labels = map[string]string{"version": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "label")}
	spec.Spec.ServiceAccountName = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "service account")
	if rapid.Bool().Draw(t, "secret") {
		spec.Spec.Containers[0].EnvFrom = newPod("x", takingSecret("a")).Spec.Containers[0].EnvFrom
	}
	if rapid.Bool().Draw(t, "claim") {
		spec.Spec.Volumes = newPod("x", mounting("data", rapid.SampledFrom([]string{"a", "b"}).Draw(t, "claim name"))).Spec.Volumes
	}
	switch kind {
	case "Deployment":
		o := deployment(name)
		o.ObjectMeta, o.Spec.Template = m, spec
		return o
	case "ReplicaSet":
		o := replicaSet(name)
		o.ObjectMeta, o.Spec.Template = m, spec
		o.Spec.Replicas = ptr.To(rapid.Int32Range(0, 1).Draw(t, "replicas"))
		return o
	case "StatefulSet":
		o := statefulSet(name)
		o.ObjectMeta, o.Spec.Template = m, spec
		revision := rapid.SampledFrom([]string{"1", "2"})
		o.Status.CurrentRevision, o.Status.UpdateRevision = revision.Draw(t, "current revision"), revision.Draw(t, "update revision")
		o.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr.To(rapid.Int32Range(0, 1).Draw(t, "partition"))}
		return o
	case "DaemonSet":
		o := daemonSet(name)
		o.ObjectMeta, o.Spec.Template = m, spec
		return o
	case "CronJob":
		o := cronJob(name)
		o.ObjectMeta, o.Spec.JobTemplate.Spec.Template = m, spec
		return o
	case "Job":
		o := job(name)
		o.ObjectMeta, o.Spec.Template = m, spec
		if rapid.Bool().Draw(t, "finished") {
			finished(o)
		}
		return o
	default:
		o := replicationController(name)
		o.ObjectMeta, o.Spec.Template = m, &spec
		return o
	}
}

func (w *world) drawObject(t *rapid.T, kind, name string) any {
	switch kind {
	case "Pod":
		return w.drawPod(t, name)
	case "Node":
		n := newNode(name)
		if rapid.Bool().Draw(t, "control plane") {
			n = newNode(name, controlPlaneLabels[0])
		}
		n.Spec.ProviderID = rapid.SampledFrom([]string{"", "aws:///x"}).Draw(t, "provider")
		return n
	case "Namespace":
		level := rapid.SampledFrom([]string{levelPrivileged, levelBaseline, levelRestricted}).Draw(t, "level")
		return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop, Labels: map[string]string{enforceLabel: level}}}
	case "LimitRange":
		item := corev1.LimitRangeItem{Type: rapid.SampledFrom([]corev1.LimitType{corev1.LimitTypePod, corev1.LimitTypeContainer}).Draw(t, "type")}
		return &corev1.LimitRange{ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: name}, Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{item}}}
	case "ResourceQuota":
		used := corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(rapid.Int64Range(1, 3).Draw(t, "used"), resource.DecimalSI)}
		hard := corev1.ResourceList{corev1.ResourcePods: resource.MustParse("2")}
		return &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: name}, Status: corev1.ResourceQuotaStatus{Hard: hard, Used: used}}
	case "PriorityClass":
		return &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Value: rapid.Int32Range(0, 1).Draw(t, "value")}
	case "RuntimeClass":
		return &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Handler: rapid.SampledFrom([]string{"runc", "gvisor"}).Draw(t, "handler")}
	case "ServiceAccount":
		return serviceAccount(name, rapid.SampledFrom([]*bool{nil, ptr.To(true), ptr.To(false)}).Draw(t, "automount"))
	case "Secret":
		secret := tokenSecret(name, rapid.SampledFrom([]string{"", "a", "b", "default"}).Draw(t, "account"))
		if rapid.IntRange(0, 4).Draw(t, "invalid") == 0 {
			secret.Labels = map[string]string{invalidSince: "2026-01-02"}
		}
		return secret
	case "PersistentVolume":
		v := hostPathVolume(name, rapid.SampledFrom([]string{"", "a", "b", "c-b"}).Draw(t, "claim"), "/"+rapid.SampledFrom([]string{"x", "y"}).Draw(t, "path"))
		v.Status.Phase = rapid.SampledFrom([]corev1.PersistentVolumePhase{"", corev1.VolumeBound, corev1.VolumeReleased}).Draw(t, "phase")
		if rapid.IntRange(0, 4).Draw(t, "network") == 0 {
			v.Spec.PersistentVolumeSource = corev1.PersistentVolumeSource{}
		}
		return v
	default:
		return w.drawOwner(t, kind, name)
	}
}

var worldKinds = [...]string{
	"Pod", "Pod", "Pod", "Pod", "ReplicaSet", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob",
	"ReplicationController", "Node", "Namespace", "ServiceAccount", "PersistentVolume", "Secret", "Source",
	"LimitRange", "ResourceQuota", "PriorityClass", "RuntimeClass",
}

// step makes one thing happen, and tells which workloads the snapshot calls affected.
func (w *world) step(t *rapid.T, s *Snapshot) (what string, affected Affected) {
	kind := rapid.SampledFrom(worldKinds[:]).Draw(t, "kind")
	if kind == "Source" {
		source := rapid.SampledFrom(Sources()).Draw(t, "source")
		w.sources[source] = rapid.SampledFrom([]State{NotSynced, Synced, Synced, Forbidden, Missing, NotEnabled}).Draw(t, "state")
		return fmt.Sprintf("%s are %s", source, w.sources[source]), s.SetSource(source, w.sources[source])
	}
	names := []string{"a", "b"}
	switch kind {
	case "Pod":
		names = []string{"a", "b", "p-1", "p-2"}
	case "Namespace":
		names = []string{shop} // All that is drawn is in it.
	}
	name := rapid.SampledFrom(names).Draw(t, "name")
	id := kind + "/" + name
	if rapid.IntRange(0, 3).Draw(t, "delete") > 0 {
		object := w.drawObject(t, kind, name)
		w.objects[id] = object
		return "upsert " + id, upsert(s, object)
	}
	delete(w.objects, id)
	full := types.NamespacedName{Namespace: shop, Name: name}
	switch kind {
	case "Pod":
		return "delete " + id, s.DeletePod(full)
	case "Node":
		return "delete " + id, s.DeleteNode(name)
	case "Namespace":
		return "delete " + id, s.DeleteNamespace(shop)
	case "LimitRange":
		return "delete " + id, s.DeleteLimitRange(shop, name)
	case "ResourceQuota":
		return "delete " + id, s.DeleteResourceQuota(shop, name)
	case "PriorityClass":
		return "delete " + id, s.DeletePriorityClass(name)
	case "RuntimeClass":
		return "delete " + id, s.DeleteRuntimeClass(name)
	case "ServiceAccount":
		return "delete " + id, s.DeleteServiceAccount(full)
	case "PersistentVolume":
		return "delete " + id, s.DeletePersistentVolume(name)
	case "Secret":
		return "delete " + id, s.DeleteSecret(full)
	default:
		for _, gk := range readOwnerKinds {
			if gk.Kind == kind {
				return "delete " + id, s.DeleteOwner(key(gk.Group, kind, name))
			}
		}
	}
	return "nothing", nil
}

// rebuilt is a snapshot that has seen nothing but how the world is now, in a random order.
func (w *world) rebuilt(t *rapid.T) *Snapshot {
	s := New()
	ids := make([]string, 0, len(w.objects))
	for id := range w.objects {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range rapid.Permutation(ids).Draw(t, "order") {
		upsert(s, w.objects[id])
	}
	for source, state := range w.sources {
		s.SetSource(source, state)
	}
	return s
}

func views(t *rapid.T, s *Snapshot) map[Key]View {
	out := make(map[Key]View)
	for _, k := range s.Workloads() {
		view, ok := s.View(k)
		if !ok {
			t.Fatalf("%s is listed and has no view", k)
		}
		out[k] = view
	}
	return out
}

// Whatever happened, the snapshot is what it would be had it only seen the end, and no event changes a view without
// saying so. 100 runs of 120 events.
func TestSnapshotForgetsHowItCameAbout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{objects: map[string]any{}, sources: map[Source]State{}}
		s := New()
		for _, source := range Sources() {
			w.sources[source] = Synced
			s.SetSource(source, Synced)
		}
		before := views(t, s)
		for range 120 {
			revision := s.Revision()
			what, affected := w.step(t, s)
			after := views(t, s)
			assertNoMissedWork(t, what, before, after, affected)
			if len(affected) > 0 && s.Revision() == revision {
				t.Fatalf("%s affects %v and leaves the revision at %d", what, affected, revision)
			}
			before = after
		}
		again := w.rebuilt(t)
		if diff := cmp.Diff(views(t, again), before, sameView); diff != "" {
			t.Fatalf("snapshot differs from one that is built anew (-anew +lived):\n%s", diff)
		}
		if again.Waiting() != s.Waiting() || len(again.nodes) != len(s.nodes) {
			t.Fatalf("left over: %d waiting, %d nodes; anew: %d, %d", s.Waiting(), len(s.nodes), again.Waiting(), len(again.nodes))
		}
	})
}

func assertNoMissedWork(t *rapid.T, what string, before, after map[Key]View, affected Affected) {
	if !slices.IsSortedFunc(affected, Key.Compare) || len(slices.Compact(slices.Clone(affected))) != len(affected) {
		t.Fatalf("%s affects %v: not in order, or not once each", what, affected)
	}
	for k := range before {
		if _, ok := after[k]; !ok && !slices.Contains(affected, k) {
			t.Fatalf("%s takes away %s and affects %v", what, k, affected)
		}
	}
	for k, now := range after {
		if slices.Contains(affected, k) {
			continue
		}
		if old, ok := before[k]; !ok || !looksSame(&old, &now) {
			t.Fatalf("%s changes %s and affects %v:\n%s", what, k, affected, cmp.Diff(old, now, sameView))
		}
	}
}

// looksSame is the quick form of sameView: what is interned is compared by what it points at.
func looksSame(a, b *View) bool {
	same := a.Workload == b.Workload && sameDefaults(a, b) && a.Namespace == b.Namespace && slices.EqualFunc(a.Replacements, b.Replacements, sameReplacement) && a.NoControlPlane == b.NoControlPlane && a.Running == b.Running && a.Terminating == b.Terminating &&
		slices.Equal(a.Unavailable, b.Unavailable) && (a.Template == nil) == (b.Template == nil)
	likeness := func(a, b Group) bool {
		return a.Shape.same(b.Shape) && slices.Equal(a.Pods, b.Pods) && a.Placement == b.Placement &&
			maps.Equal(a.Claims, b.Claims) && ptr.Equal(a.Automount, b.Automount) && sameTokens(&a.TokenSecrets, &b.TokenSecrets)
	}
	return same && slices.EqualFunc(a.Groups, b.Groups, likeness) && (a.Template == nil || likeness(*a.Template, *b.Template))
}

func (s *Shape) same(other *Shape) bool {
	return s.Spec == other.Spec && s.Static == other.Static && maps.Equal(s.Annotations, other.Annotations) && maps.Equal(s.Users, other.Users)
}

// sameDefaults compares what a workload's pods can be completed from or refused by.
func sameDefaults(a, b *View) bool {
	relevant := func(v *View) Defaults {
		d := v.Defaults
		d.PriorityClasses = slices.DeleteFunc(slices.Clone(d.PriorityClasses), func(c *schedulingv1.PriorityClass) bool {
			return !v.uses(func(spec *corev1.PodSpec) bool { return namesPriorityClass(spec, c.Name) })
		})
		d.RuntimeClasses = slices.DeleteFunc(slices.Clone(d.RuntimeClasses), func(c *nodev1.RuntimeClass) bool {
			return !v.uses(func(spec *corev1.PodSpec) bool { return namesRuntimeClass(spec, c.Name) })
		})
		return d
	}
	return equality.Semantic.DeepEqual(relevant(a), relevant(b))
}

func (v *View) uses(does func(*corev1.PodSpec) bool) bool {
	return slices.ContainsFunc(v.Replacements, func(r Replacement) bool { return does(r.Basis().Spec.Rules) })
}

func sameReplacement(a, b Replacement) bool {
	return slices.Equal(a.Pods, b.Pods) && a.Oldest.Equal(&b.Oldest) && a.Newest.Equal(&b.Newest) && a.Static == b.Static &&
		equality.Semantic.DeepEqual(a.Controller, b.Controller) && a.Template.same(b.Template) && a.Live.same(b.Live) &&
		equality.Semantic.DeepEqual(a.Account, b.Account)
}

func sameTokens(a, b *TokenSecrets) bool {
	return a.State == b.State && maps.Equal(a.Accounts, b.Accounts) && a.Own == b.Own && a.OwnCount == b.OwnCount
}
