package restart

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

// The objects of the tests live in this namespace, were created at this time, and have their kind and name as UID.
const shop = "shop"

var (
	created = metav1.Unix(1_000_000, 0)
	later   = metav1.Unix(2_000_000, 0)
)

// world is a cluster in which every source is read.
type world struct {
	snapshot *snapshot.Snapshot
	policies *admission.Policies
	settings podsecurity.Settings
	trusts   func(configuration, webhook string) bool
}

// source is a source in another state than that.
type source struct {
	name  snapshot.Source
	state snapshot.State
}

// option changes the world in another way than by an object.
type option func(*world)

// newWorld holds the objects, the namespace with its ServiceAccount, and whatever the options say.
func newWorld(objects ...any) *world {
	w := &world{snapshot: snapshot.New(), policies: admission.New(), settings: podsecurity.Settings{Minor: podsecurity.NewestMinor}}
	for _, name := range snapshot.Sources() {
		w.snapshot.SetSource(name, snapshot.Synced)
	}
	w.add(namespace(), &corev1.ServiceAccount{ObjectMeta: meta("default")})
	w.add(objects...)
	return w
}

func (w *world) add(objects ...any) {
	for _, object := range objects {
		switch o := object.(type) {
		case []any:
			w.add(o...)
		case []*corev1.Pod:
			for _, p := range o {
				w.add(p)
			}
		case option:
			o(w)
		case source:
			w.snapshot.SetSource(o.name, o.state)
		case runtime.Object:
			if !w.addPolicy(o) {
				w.addObject(o.DeepCopyObject())
			}
		default:
			panic(object)
		}
	}
}

func (w *world) addPolicy(object runtime.Object) bool {
	switch o := object.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicy:
		w.policies.UpsertValidatingPolicy(o)
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		w.policies.UpsertValidatingBinding(o)
	case *admissionregistrationv1.MutatingAdmissionPolicy:
		w.policies.UpsertMutatingPolicy(o)
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		w.policies.UpsertMutatingBinding(o)
	case *admissionregistrationv1.ValidatingWebhookConfiguration:
		w.policies.UpsertValidatingWebhooks(o)
	case *admissionregistrationv1.MutatingWebhookConfiguration:
		w.policies.UpsertMutatingWebhooks(o)
	default:
		return false
	}
	return true
}

func (w *world) addObject(object any) {
	switch o := w.snapshot.Transform(object).(type) {
	case *snapshot.Pod:
		w.snapshot.UpsertPod(o)
	case *snapshot.Owner:
		w.snapshot.UpsertOwner(o)
	case *snapshot.Namespace:
		w.snapshot.UpsertNamespace(o)
	case *corev1.ServiceAccount:
		w.snapshot.UpsertServiceAccount(o)
	case *corev1.LimitRange:
		w.snapshot.UpsertLimitRange(o)
	case *corev1.ResourceQuota:
		w.snapshot.UpsertResourceQuota(o)
	case *schedulingv1.PriorityClass:
		w.snapshot.UpsertPriorityClass(o)
	case *nodev1.RuntimeClass:
		w.snapshot.UpsertRuntimeClass(o)
	default:
		panic(o)
	}
}

func (w *world) rules() *Rules {
	evaluator, err := podsecurity.New(w.settings)
	if err != nil {
		panic(err)
	}
	return &Rules{Policies: w.policies, PodSecurity: evaluator, TrustWebhook: w.trusts, Minor: w.settings.Minor}
}

// judge is the verdict on the only workload.
func (w *world) judge(t *testing.T) Restart {
	t.Helper()
	found := w.snapshot.Workloads()
	if len(found) != 1 {
		t.Fatalf("workloads: %v", found)
	}
	view, _ := w.snapshot.View(found[0])
	return Judge(w.rules(), &view)
}

func meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: shop, Name: name, UID: types.UID(name), CreationTimestamp: created}
}

// namespace carries labels, given in pairs; what they enforce was set later than everything else.
func namespace(labels ...string) *corev1.Namespace {
	n := &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{Name: shop, UID: shop, CreationTimestamp: created, Labels: map[string]string{}},
		Status:     corev1.NamespaceStatus{Phase: corev1.NamespaceActive},
	}
	for i := 0; i < len(labels); i += 2 {
		n.Labels[labels[i]] = labels[i+1]
	}
	n.ManagedFields = []metav1.ManagedFieldsEntry{{Time: &later, FieldsV1: metav1.NewFieldsV1(
		`{"f:metadata":{"f:labels":{"f:pod-security.kubernetes.io/enforce":{}}}}`,
	)}}
	return n
}

func enforcing(level string) *corev1.Namespace {
	return namespace("pod-security.kubernetes.io/enforce", level)
}

// edit changes a template.
type edit func(*corev1.PodTemplateSpec)

func template(edits ...edit) corev1.PodTemplateSpec {
	t := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "shop/app:1"}}},
	}
	for _, change := range edits {
		change(&t)
	}
	return t
}

func hostNetwork(t *corev1.PodTemplateSpec) { t.Spec.HostNetwork = true }

func hostPath(t *corev1.PodTemplateSpec) {
	t.Spec.Volumes = append(t.Spec.Volumes, corev1.Volume{
		Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var/log"}},
	})
}

func image(name string) edit {
	return func(t *corev1.PodTemplateSpec) { t.Spec.Containers[0].Image = name }
}

func sidecar(t *corev1.PodTemplateSpec) {
	t.Spec.Containers = append(t.Spec.Containers, corev1.Container{
		Name: "proxy", Image: "mesh/proxy:1", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)},
	})
}

func ownedBy(apiVersion, kind, name string) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: name, UID: types.UID(name), Controller: ptr.To(true)}}
}

func deployment(edits ...edit) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: meta("web"), Spec: appsv1.DeploymentSpec{Template: template(edits...)}}
}

// replicaSet is that of the Deployment web.
func replicaSet(name string, edits ...edit) *appsv1.ReplicaSet {
	set := &appsv1.ReplicaSet{ObjectMeta: meta(name), Spec: appsv1.ReplicaSetSpec{Template: template(edits...)}}
	set.OwnerReferences = ownedBy("apps/v1", "Deployment", "web")
	return set
}

func statefulSet(edits ...edit) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{ObjectMeta: meta("db"), Spec: appsv1.StatefulSetSpec{Template: template(edits...)}}
}

func daemonSet(edits ...edit) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{ObjectMeta: meta("log"), Spec: appsv1.DaemonSetSpec{Template: template(edits...)}}
}

func job(edits ...edit) *batchv1.Job {
	return &batchv1.Job{ObjectMeta: meta("load"), Spec: batchv1.JobSpec{Template: template(edits...)}}
}

func cronJob(edits ...edit) *batchv1.CronJob {
	return &batchv1.CronJob{ObjectMeta: meta("tidy"), Spec: batchv1.CronJobSpec{
		JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template(edits...)}},
	}}
}

func replicationController(edits ...edit) *corev1.ReplicationController {
	return &corev1.ReplicationController{ObjectMeta: meta("rc"), Spec: corev1.ReplicationControllerSpec{Template: ptr.To(template(edits...))}}
}

// generatedEnds are what the API server might have made up.
var generatedEnds = [...]string{"bcdfg", "hjklm", "npqrs"}

// running are pods as the API server would have made them from the template of an owner, when nothing stood against them.
func running(n int, apiVersion, kind, owner string, edits ...edit) []*corev1.Pod {
	env := candidate.Environment{
		LimitRanges:     candidate.Objects[corev1.LimitRange]{Known: true},
		ServiceAccounts: candidate.Objects[corev1.ServiceAccount]{Known: true, List: []*corev1.ServiceAccount{{ObjectMeta: meta("default")}}},
		PriorityClasses: candidate.Objects[schedulingv1.PriorityClass]{Known: true},
		RuntimeClasses:  candidate.Objects[nodev1.RuntimeClass]{Known: true},
	}
	from := template(edits...)
	var pods []*corev1.Pod
	for i := range n {
		made := candidate.FromTemplate(&from, candidate.Owner{APIVersion: apiVersion, Kind: kind, Name: owner, UID: types.UID(owner)},
			candidate.Identity{Ordinal: ordinal(kind, i)}, shop)
		p := candidate.Admit(made, env).Pod
		if kind != "StatefulSet" {
			p.Name = owner + "-" + generatedEnds[i]
		}
		rename(&p.Spec, "kube-api-access-"+candidate.UnknownSuffix, "kube-api-access-"+generatedEnds[i])
		p.UID, p.CreationTimestamp, p.Status.Phase = types.UID(p.Name), created, corev1.PodRunning
		pods = append(pods, p)
	}
	return pods
}

func ordinal(kind string, i int) *int {
	if kind == "StatefulSet" {
		return &i
	}
	return nil
}

func rename(spec *corev1.PodSpec, from, to string) {
	for i := range spec.Volumes {
		if spec.Volumes[i].Name == from {
			spec.Volumes[i].Name = to
		}
	}
	for i := range spec.Containers {
		for j := range spec.Containers[i].VolumeMounts {
			if spec.Containers[i].VolumeMounts[j].Name == from {
				spec.Containers[i].VolumeMounts[j].Name = to
			}
		}
	}
}

// edited are pods that were changed after they were created, or by a webhook.
func edited(pods []*corev1.Pod, change func(*corev1.Pod)) []*corev1.Pod {
	for _, p := range pods {
		change(p)
	}
	return pods
}

// web is a Deployment with two pods.
func web(edits ...edit) []any {
	return []any{deployment(edits...), replicaSet("web-1", edits...), running(2, "apps/v1", "ReplicaSet", "web-1", edits...)}
}

// barePod has no owner.
func barePod(edits ...edit) *corev1.Pod {
	p := running(1, "v1", "Pod", "alone", edits...)[0]
	p.Name, p.OwnerReferences = "alone", nil
	return p
}

func ruleOfPods() *admissionregistrationv1.MatchResources {
	return &admissionregistrationv1.MatchResources{ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{
		RuleWithOperations: webhookRule(),
	}}}
}

func webhookRule() admissionregistrationv1.RuleWithOperations {
	return admissionregistrationv1.RuleWithOperations{
		Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
		Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
	}
}

// policy is a validating policy with its binding. It denies pods of which the expression is false, unless other actions are
// given.
func policy(name, expression string, actions ...admissionregistrationv1.ValidationAction) []any {
	p, b := validatingPolicy(name, expression, actions...)
	return []any{p, b}
}

func validatingPolicy(
	name, expression string, actions ...admissionregistrationv1.ValidationAction,
) (*admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding) {
	if len(actions) == 0 {
		actions = []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny}
	}
	of := metav1.ObjectMeta{Name: name, CreationTimestamp: later}
	p := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: of, Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: ruleOfPods(),
		Validations:      []admissionregistrationv1.Validation{{Expression: expression, Message: "not here"}},
	}}
	b := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: of}
	b.Spec = admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{PolicyName: name, ValidationActions: actions}
	return p, b
}

// mutation is a mutating policy with its binding.
func mutation(name, patch string) []any {
	of := metav1.ObjectMeta{Name: name, CreationTimestamp: later}
	return []any{
		&admissionregistrationv1.MutatingAdmissionPolicy{ObjectMeta: of, Spec: admissionregistrationv1.MutatingAdmissionPolicySpec{
			MatchConstraints: ruleOfPods(), ReinvocationPolicy: admissionregistrationv1.NeverReinvocationPolicy,
			Mutations: []admissionregistrationv1.Mutation{{
				PatchType: admissionregistrationv1.PatchTypeJSONPatch, JSONPatch: &admissionregistrationv1.JSONPatch{Expression: patch},
			}},
		}},
		&admissionregistrationv1.MutatingAdmissionPolicyBinding{
			ObjectMeta: of, Spec: admissionregistrationv1.MutatingAdmissionPolicyBindingSpec{PolicyName: name},
		},
	}
}

func validatingWebhook() *admissionregistrationv1.ValidatingWebhookConfiguration {
	return &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "guard"},
		Webhooks:   []admissionregistrationv1.ValidatingWebhook{{Name: "pods.guard", Rules: []admissionregistrationv1.RuleWithOperations{webhookRule()}}},
	}
}

func mutatingWebhook() *admissionregistrationv1.MutatingWebhookConfiguration {
	return &admissionregistrationv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "mesh"},
		Webhooks:   []admissionregistrationv1.MutatingWebhook{{Name: "inject.mesh", Rules: []admissionregistrationv1.RuleWithOperations{webhookRule()}}},
	}
}

// What of a mutating webhook is named.
var meshNotApplied = NotAsked{
	Reason: "MutatingWebhookNotApplied", Kind: "MutatingWebhookConfiguration", Name: "mesh/inject.mesh",
	Message: "The webhook may change the pod when it is created, and was not applied.",
}

// What the baseline level has against hostNetwork.
const hostNetworkMessage = `violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)`

func hostNetworkRefused() Refusal {
	return Refusal{
		Kind: KindPodSecurity, Name: "baseline:latest", Message: hostNetworkMessage, Fields: []string{"spec.hostNetwork=true"},
		Since: later.Time, NewerThanPods: true,
	}
}

// of is a verdict on pods, by name.
func of(verdict Verdict, pods ...string) Restart {
	r := Restart{Verdict: verdict, Pods: map[Verdict]int{}, Named: map[string]Verdict{}}
	for _, pod := range pods {
		r.Pods[verdict]++
		r.Named[pod] = verdict
	}
	return r
}

// because gives the reason and the message.
func (r Restart) because(reason, message string) Restart {
	r.Reason, r.Message = reason, message
	return r
}

// refused gives what refuses, and since when.
func (r Restart) refused(refusals ...Refusal) Restart {
	r.Refusals = refusals
	for i := range refusals {
		if refusals[i].Since.After(r.Since) {
			r.Since = refusals[i].Since
		}
	}
	return r
}

// unasked gives what was not asked.
func (r Restart) unasked(list ...NotAsked) Restart {
	r.NotAsked = list
	return r
}

// lives gives the verdict on the running pod.
func (r Restart) lives(verdict Verdict, differs ...string) Restart {
	r.Live, r.Differs = verdict, differs
	return r
}

// forecasting gives what would refuse the pods later.
func (r Restart) forecasting(refusals ...Refusal) Restart {
	r.Forecast = refusals
	return r
}

// deniedByBaseline is the verdict on pods of the host's network.
func deniedByBaseline(pods ...string) Restart {
	refusal := hostNetworkRefused()
	refusal.NewerThanPods = len(pods) > 0
	return of(Denied, pods...).because(KindPodSecurity, hostNetworkMessage).refused(refusal)
}

func podsOf(owner string, n int) []string {
	var names []string
	for i := range n {
		if owner == "db" {
			names = append(names, owner+"-"+strconv.Itoa(i))
			continue
		}
		names = append(names, owner+"-"+generatedEnds[i])
	}
	return names
}

// verdicts is a table of worlds and the verdicts on the one workload in each.
type verdicts map[string]struct {
	objects []any
	want    Restart
}

func (table verdicts) test(t *testing.T) {
	t.Helper()
	for name, test := range table {
		t.Run(name, func(t *testing.T) { wantRestart(t, test.want, newWorld(test.objects...).judge(t)) })
	}
}

func wantRestart(t *testing.T, want, got Restart) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		t.Errorf("restart (-want +got):\n%s", diff)
	}
}

func all(list ...any) []any { return slices.Clone(list) }
