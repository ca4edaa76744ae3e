package restart

import (
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/snapshot"
)

// meshed is what the webhook of the mesh puts into pods.
func meshed(p *corev1.Pod) {
	p.Spec.Containers = append(p.Spec.Containers, corev1.Container{
		Name: "proxy", Image: "mesh/proxy:1", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)},
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		ImagePullPolicy: corev1.PullIfNotPresent,
	})
}

const (
	privilegedMessage = `violates PodSecurity "baseline:latest": privileged (container "proxy" must not set securityContext.privileged=true)`
	proxyPrivileged   = "spec.containers[1].securityContext.privileged=true"
)

func privilegedRefused(newer bool) Refusal {
	return Refusal{
		Kind: KindPodSecurity, Name: "baseline:latest", Message: privilegedMessage, Fields: []string{proxyPrivileged},
		Since: later.Time, NewerThanPods: newer,
	}
}

func TestWhatWebhooksPutIntoPodsComesBack(t *testing.T) {
	baseline := enforcing("baseline")
	pods := podsOf("web-1", 2)
	withMesh := []any{deployment(), replicaSet("web-1"), edited(running(2, "apps/v1", "ReplicaSet", "web-1"), meshed)}
	refused := of(Denied, pods...).because(KindPodSecurity, privilegedMessage).refused(privilegedRefused(true))
	admitted := of(Admitted, pods...).because("", "The running pod would be refused as it lives: "+privilegedMessage).
		lives(Denied, "container proxy is only in the running pod")
	unreadable := NotAsked{
		Reason: ReasonSourceUnavailable, Kind: "MutatingWebhookConfiguration", Message: "mutatingwebhookconfigurations cannot be read (Forbidden).",
	}
	verdicts{
		"a sidecar of a webhook": {all(baseline, mutatingWebhook(), withMesh), refused.unasked(meshNotApplied)},
		"a sidecar of nobody knows what webhook": {
			all(baseline, source{snapshot.MutatingWebhookConfigurations, snapshot.Forbidden}, withMesh), refused.unasked(unreadable),
		},
		"a sidecar, where files say nothing of webhooks": {
			all(baseline, source{snapshot.MutatingWebhookConfigurations, snapshot.NotGiven}, withMesh), refused,
		},
		"a sidecar that no webhook puts into pods any more": {all(baseline, withMesh), admitted},
		"what a mutating policy puts into pods is put there again, once": {
			all(baseline, mutatingWebhook(), mutation("mesh", `[JSONPatch{op: "add", path: "/spec/containers/-",
				value: Object.spec.containers{name: "proxy", image: "mesh/proxy:1", securityContext: Object.spec.containers.securityContext{privileged: true}}}]`),
				policy("few", "object.spec.containers.size() == 2"), withMesh),
			refused.unasked(meshNotApplied),
		},
	}.test(t)
}

// The template is refused and the running pod is not, or the other way round: with a webhook that was not applied nobody can
// tell which of the two would be created.
func TestWebhooksThatMayMakeTheDifference(t *testing.T) {
	baseline := enforcing("baseline")
	pods := podsOf("web-1", 1)
	mended := []any{deployment(hostNetwork), replicaSet("web-1", hostNetwork), running(1, "apps/v1", "ReplicaSet", "web-1")}
	spoilt := []any{deployment(), replicaSet("web-1"), running(1, "apps/v1", "ReplicaSet", "web-1", hostNetwork)}
	owners := policy("owners", "'owner' in object.metadata.labels")
	marked := []any{deployment(), replicaSet("web-1"), edited(running(1, "apps/v1", "ReplicaSet", "web-1"), func(p *corev1.Pod) {
		p.Labels["owner"] = "me"
	})}
	guard := NotAsked{
		Reason: "WebhookNotAsked", Kind: "ValidatingWebhookConfiguration", Name: "guard/pods.guard", Decides: true,
		Message: "The webhook is called when the pod is created, and was not asked.",
	}
	const depends = " That may depend on MutatingWebhookConfiguration mesh/inject.mesh, which was not applied."
	const mendedMessage = "The template is refused and the running pod is not: " + hostNetworkMessage + "." + depends
	const spoiltMessage = "The running pod would be refused as it lives: " + hostNetworkMessage + "." + depends
	unknown := of(Unknown, pods...).because("MutatingWebhookNotApplied", mendedMessage).refused(hostNetworkRefused())
	differs := "hostNetwork is false, in the template true"
	untouched := hostNetworkRefused()
	untouched.NewerThanPods = false
	verdicts{
		"the template is refused, the pod is not": {
			all(baseline, mutatingWebhook(), mended), unknown.unasked(meshNotApplied).lives(Admitted, differs),
		},
		"the template is refused, of the pod something is not known": {
			all(baseline, mutatingWebhook(), validatingWebhook(), mended), func() Restart {
				r := unknown.unasked(guard, meshNotApplied)
				r.Differs = []string{differs}
				return r
			}(),
		},
		"the pod is refused, the template is not": {
			all(baseline, mutatingWebhook(), spoilt),
			of(Unknown, pods...).because("MutatingWebhookNotApplied", spoiltMessage).unasked(meshNotApplied).
				lives(Denied, "hostNetwork is true, in the template false"),
		},
		"the pod has a label that the template lacks": {
			all(owners, mutatingWebhook(), marked),
			of(Unknown, pods...).because("MutatingWebhookNotApplied",
				"The template is refused and the running pod is not: ValidatingAdmissionPolicy owners: not here."+depends).
				refused(refusedBy("owners")).unasked(meshNotApplied).
				lives(Admitted, "metadata.labels[owner] is only in the running pod"),
		},
		"the template and the pod are refused": {
			all(baseline, mutatingWebhook(), web(hostNetwork)), deniedByBaseline(podsOf("web-1", 2)...).unasked(meshNotApplied),
		},
		"the template is refused, the pod is not, and no webhook may have changed it": {
			all(baseline, mended), deniedByBaseline(pods...).lives(Admitted, differs),
		},
		"the template is refused, and no pod shows what the webhook does": {
			all(baseline, mutatingWebhook(), deployment(hostNetwork)),
			of(Unknown).because("MutatingWebhookNotApplied", "It may be refused: "+hostNetworkMessage+"."+depends).
				refused(untouched).unasked(meshNotApplied),
		},
		"the template is refused, and the pods are older than the webhook": {
			all(baseline, registered(later), web(hostNetwork)),
			of(Unknown, podsOf("web-1", 2)...).because("MutatingWebhookNotApplied", "It may be refused: "+hostNetworkMessage+"."+depends).
				refused(hostNetworkRefused()).unasked(meshNotApplied),
		},
		"the template is refused, and the pods are not older than the webhook": {
			all(baseline, registered(created), web(hostNetwork)), deniedByBaseline(podsOf("web-1", 2)...).unasked(meshNotApplied),
		},
		"a plugin refuses the template before any webhook is called": {
			all(mutatingWebhook(), deployment(asAccount("gone"))),
			of(Denied).because("ServiceAccount", "there is no ServiceAccount gone").
				refused(Refusal{Kind: "ServiceAccount", Name: "gone", Message: "there is no ServiceAccount gone"}).unasked(meshNotApplied),
		},
	}.test(t)
}

// registered is the webhook of the mesh, as of some time.
func registered(at metav1.Time) *admissionregistrationv1.MutatingWebhookConfiguration {
	c := mutatingWebhook()
	c.CreationTimestamp = at
	return c
}

func TestMutatingPolicies(t *testing.T) {
	pods := podsOf("web-1", 2)
	offTheHost := `[JSONPatch{op: "remove", path: "/spec/hostNetwork"}]`
	limited := `[JSONPatch{op: "add", path: "/spec/containers/0/resources",
		value: Object.spec.containers.resources{limits: {"cpu": "1"}, requests: {"cpu": "1"}}}]`
	unasked := NotAsked{
		Reason: "LiteralsNotKept", Kind: "MutatingAdmissionPolicy", Name: "modes", Decides: true,
		Message: "The policy reads a literal value of the pod, such as of an environment variable, which is not kept.",
	}
	byLiteral := `object.spec.containers[0].env[0].value == "x" ? [JSONPatch{op: "remove", path: "/spec/hostNetwork"}] : []`
	verdicts{
		"one that makes the template fit": {
			all(enforcing("baseline"), mutation("mend", offTheHost), deployment(hostNetwork)), of(Admitted),
		},
		"one that gives what a LimitRange asks for": {
			all(&corev1.LimitRange{ObjectMeta: meta("limits"), Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{
				{Type: corev1.LimitTypeContainer, Max: quantities("cpu", "1")},
			}}}, mutation("limit", limited), deployment(twoCPUs)),
			of(Admitted),
		},
		"one that adds a container, to which plugins give what they give to all": {
			all(maximum("1"), mutation("mesh", `[JSONPatch{op: "add", path: "/spec/containers/-",
				value: Object.spec.containers{name: "proxy", image: "mesh/proxy:1"}}]`),
				policy("limited", "object.spec.containers.all(c, c.resources.limits['cpu'] == '1' && c.volumeMounts.size() == 1)"), web()),
			of(Admitted, pods...),
		},
		"one that gives the pod a class that is not there": {
			all(mutation("high", `[JSONPatch{op: "replace", path: "/spec/priorityClassName", value: "high"}]`), deployment()),
			of(Denied).because("PriorityClass", "there is no PriorityClass high").
				refused(Refusal{Kind: "PriorityClass", Name: "high", Message: "there is no PriorityClass high"}),
		},
		"one that gives the pod another ServiceAccount, of which nothing is known": {
			all(mutation("app", `[JSONPatch{op: "replace", path: "/spec/serviceAccountName", value: "app"}]`), deployment()),
			of(Unknown).because(ReasonSourceUnavailable, "ServiceAccount app: It has not been read.").
				unasked(NotAsked{ReasonSourceUnavailable, "ServiceAccount", "app", "It has not been read.", true}),
		},
		"one that cannot be applied may have made the template fit": {
			all(enforcing("baseline"), mutation("modes", byLiteral), web(hostNetwork, literal)),
			of(Unknown, pods...).because("LiteralsNotKept",
				"It may be refused: "+hostNetworkMessage+". That may depend on MutatingAdmissionPolicy modes, which was not applied.").
				refused(hostNetworkRefused()).unasked(unasked),
		},
		"one that cannot be applied may spoil what fits": {
			all(enforcing("baseline"), mutation("modes", byLiteral), web(literal)),
			of(Unknown, pods...).because("LiteralsNotKept", unasked.sentence()).unasked(unasked),
		},
	}.test(t)
}

func TestPodsOfAnEarlierTemplate(t *testing.T) {
	baseline := enforcing("baseline")
	logs := daemonSet()
	logs.Annotations = map[string]string{appsv1.DeprecatedTemplateGeneration: "2"}
	generation := func(value string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Labels["pod-template-generation"] = value }
	}
	old := edited(running(1, "apps/v1", "DaemonSet", "log", hostPath), generation("1"))
	fresh := edited(running(2, "apps/v1", "DaemonSet", "log")[1:], generation("2"))
	const hostPathMessage = `violates PodSecurity "baseline:latest": hostPath volumes (volume "host")`
	wouldBe := "The running pod would be refused as it lives: " + hostPathMessage
	left := of(Admitted, podsOf("log", 2)...).lives(Denied, "volumes[host] is only in the running pod")
	verdicts{
		"come back as the template says": {all(baseline, logs, old, fresh), left.because("", wouldBe)},
		"what they have on top is no webhook's": {
			all(baseline, logs, mutatingWebhook(), old, fresh),
			func() Restart {
				r := left.because("MutatingWebhookNotApplied",
					wouldBe+". That may depend on MutatingWebhookConfiguration mesh/inject.mesh, which was not applied.").unasked(meshNotApplied)
				r.Verdict, r.Pods, r.Named = Unknown, map[Verdict]int{Admitted: 1, Unknown: 1}, map[string]Verdict{"log-bcdfg": Unknown, "log-hjklm": Admitted}
				return r
			}(),
		},
	}.test(t)
}

// A container that was left behind by a debugger, or resources that were changed in place, are no reason for another verdict.
func TestDifferencesThatDoNotMatter(t *testing.T) {
	debugged := func(p *corev1.Pod) {
		p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: "debug", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)},
		}}}
	}
	resized := func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests = quantities("cpu", "2") }
	pods := podsOf("web-1", 1)
	for name, change := range map[string]func(*corev1.Pod){"debugged": debugged, "resized in place": resized} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(enforcing("baseline"), deployment(), replicaSet("web-1"), edited(running(1, "apps/v1", "ReplicaSet", "web-1"), change))
			wantRestart(t, of(Admitted, pods...), w.judge(t))
		})
	}
}

// A ServiceAccount that only the earlier template names is looked up for the running pod.
func TestTheServiceAccountOfTheRunningPod(t *testing.T) {
	old := running(1, "apps/v1", "ReplicaSet", "web-1", asAccount("old"))
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "old"}}
	pods := podsOf("web-1", 1)
	wantRestart(t, of(Admitted, pods...), newWorld(account, deployment(), replicaSet("web-1"), old).judge(t))
	wantRestart(t,
		of(Admitted, pods...).because("", "The running pod would be refused as it lives: there is no ServiceAccount old").
			lives(Denied, "serviceAccountName is old, in the template default", "serviceAccount is old, in the template default"),
		newWorld(deployment(), replicaSet("web-1"), old).judge(t))
}

// What a LimitRange gave to a pod when it was created is given anew.
func TestDefaultsOfALimitRangeThatHasChanged(t *testing.T) {
	given := func(p *corev1.Pod) {
		p.Annotations = map[string]string{"kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container app; cpu limit for container app"}
		p.Spec.Containers[0].Resources = corev1.ResourceRequirements{Requests: quantities("cpu", "10m"), Limits: quantities("cpu", "1")}
	}
	w := newWorld(maximum("2"), policy("two", "object.spec.containers[0].resources.limits['cpu'] == '2'"),
		deployment(), replicaSet("web-1"), edited(running(1, "apps/v1", "ReplicaSet", "web-1"), given))
	wantRestart(t, of(Admitted, podsOf("web-1", 1)...), w.judge(t))
}

// A replacement takes over the number of the pod, and what hangs on it.
func TestReplacementsTakeOverTheIdentityOfThePod(t *testing.T) {
	claimed := func(p *corev1.Pod) {
		p.Spec.Subdomain = "db"
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data-" + p.Name},
		}})
	}
	indexed := func(p *corev1.Pod) {
		p.Annotations, p.Labels[batchv1.JobCompletionIndexAnnotation] = map[string]string{batchv1.JobCompletionIndexAnnotation: "3"}, "3"
		p.Spec.Hostname = "load-3"
	}
	named := func(names string) []any { return policy("names", names) }
	verdicts{
		"of a StatefulSet": {
			all(named(`object.metadata.name == 'db-0' && object.spec.hostname == 'db-0' && object.spec.subdomain == 'db' &&
				object.spec.volumes.exists(v, has(v.persistentVolumeClaim) && v.persistentVolumeClaim.claimName == 'data-db-0')`),
				statefulSet(), edited(running(2, "apps/v1", "StatefulSet", "db"), claimed)),
			of(Admitted, "db-0", "db-1"),
		},
		"of an indexed Job": {
			all(named(`object.spec.hostname == 'load-3' && object.metadata.labels['batch.kubernetes.io/job-completion-index'] == '3' &&
				object.metadata.generateName == 'load-3-' && object.spec.containers[0].env[0].name == 'JOB_COMPLETION_INDEX'`),
				job(), edited(running(2, "batch/v1", "Job", "load"), indexed)),
			of(Admitted, podsOf("load", 2)...).because("", "The running pod would be refused as it lives: ValidatingAdmissionPolicy names: not here").
				lives(Denied, "container app env is another one in the template"),
		},
		"of a kind that is not read": {
			all(named(`object.metadata.generateName == 'fleet-' && object.metadata.name == 'fleet-00000'`), running(2, "example.com/v1", "Fleet", "fleet")),
			of(Admitted, podsOf("fleet", 2)...),
		},
	}.test(t)
}
