package restart

import (
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// never is true of no pod, noHostNetwork of those that stay off the host's network.
	never         = "false"
	noHostNetwork = "!has(object.spec.hostNetwork) || !object.spec.hostNetwork"
	byUser        = "request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"
)

// refusedBy is what a policy of the tests says.
func refusedBy(name string) Refusal {
	return Refusal{
		Kind: "ValidatingAdmissionPolicy", Name: name, Binding: name, Message: "not here", Since: later.Time, NewerThanPods: true,
	}
}

func quantities(pairs ...string) corev1.ResourceList {
	list := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		list[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return list
}

// maximum is a LimitRange for cpu.
func maximum(cpu string) *corev1.LimitRange {
	return &corev1.LimitRange{ObjectMeta: meta("limits"), Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{
		{Type: corev1.LimitTypeContainer, Max: quantities("cpu", cpu), Default: quantities("cpu", cpu), DefaultRequest: quantities("cpu", "10m")},
	}}}
}

func twoCPUs(t *corev1.PodTemplateSpec) {
	t.Spec.Containers[0].Resources = corev1.ResourceRequirements{Limits: quantities("cpu", "2"), Requests: quantities("cpu", "2")}
}

func quota(name string, hard, used corev1.ResourceList) *corev1.ResourceQuota {
	return &corev1.ResourceQuota{
		ObjectMeta: meta(name), Spec: corev1.ResourceQuotaSpec{Hard: hard}, Status: corev1.ResourceQuotaStatus{Hard: hard, Used: used},
	}
}

func asAccount(name string) edit {
	return func(t *corev1.PodTemplateSpec) { t.Spec.ServiceAccountName = name }
}

func highPriority(t *corev1.PodTemplateSpec) { t.Spec.PriorityClassName = "high" }

func takesSecret(name string) edit {
	return func(t *corev1.PodTemplateSpec) {
		t.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}}
	}
}

func literal(t *corev1.PodTemplateSpec) {
	t.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "MODE", Value: "fast"}}
}

func terminating() *corev1.Namespace {
	n := enforcing("baseline")
	n.Status.Phase, n.DeletionTimestamp = corev1.NamespaceTerminating, ptr.To(later)
	return n
}

func TestWhatRefusesPods(t *testing.T) {
	pods := podsOf("web-1", 2)
	denied := func(message string, refusals ...Refusal) Restart {
		return of(Denied, pods...).because(refusals[0].Kind, message).refused(refusals...)
	}
	runtimeClass := func(t *corev1.PodTemplateSpec) { t.Spec.RuntimeClassName = ptr.To("sandbox") }
	strict := &corev1.ServiceAccount{ObjectMeta: meta("strict"), Secrets: []corev1.ObjectReference{{Name: "listed"}}}
	strict.Annotations = map[string]string{snapshot.OnlyListedSecrets: "true"}
	namespaceGone := Refusal{
		Kind: "Namespace", Name: shop, Message: "unable to create new content in namespace shop because it is being terminated",
		Since: later.Time, NewerThanPods: true,
	}
	verdicts{
		"a policy": {
			all(policy("images", never), web()), denied("ValidatingAdmissionPolicy images: not here", refusedBy("images")),
		},
		"a policy about the namespace": {
			all(policy("tiers", "namespaceObject.metadata.labels['tier'] == 'gold'"), namespace("tier", "tin"), web()),
			denied("ValidatingAdmissionPolicy tiers: not here", refusedBy("tiers")),
		},
		"a policy about the annotations of the template": {
			all(policy("owners", "has(object.metadata.annotations) && 'owner' in object.metadata.annotations"), web()),
			denied("ValidatingAdmissionPolicy owners: not here", refusedBy("owners")),
		},
		"a policy about who creates pods, who is known": {
			all(policy("users", "!"+byUser), web()), denied("ValidatingAdmissionPolicy users: not here", refusedBy("users")),
		},
		"a missing ServiceAccount": {
			all(web(asAccount("gone"))),
			denied("there is no ServiceAccount gone", Refusal{Kind: "ServiceAccount", Name: "gone", Message: "there is no ServiceAccount gone"}),
		},
		"a ServiceAccount that does not list a Secret": {
			all(strict, web(asAccount("strict"), takesSecret("other"))),
			denied("ServiceAccount strict: container app, envFrom names Secret other, which the ServiceAccount does not list", Refusal{
				Kind: "ServiceAccount", Name: "strict", Message: "container app, envFrom names Secret other, which the ServiceAccount does not list",
			}),
		},
		"a missing PriorityClass": {
			all(web(highPriority)),
			denied("there is no PriorityClass high", Refusal{Kind: "PriorityClass", Name: "high", Message: "there is no PriorityClass high"}),
		},
		"a missing RuntimeClass": {
			all(web(runtimeClass)),
			denied("there is no RuntimeClass sandbox", Refusal{Kind: "RuntimeClass", Name: "sandbox", Message: "there is no RuntimeClass sandbox"}),
		},
		"a LimitRange": {
			all(maximum("1"), web(twoCPUs)),
			denied("LimitRange limits: container app: cpu limit 2 is above the maximum of 1", Refusal{
				Kind: "LimitRange", Name: "limits", Message: "container app: cpu limit 2 is above the maximum of 1",
			}),
		},
		"a quota that is used up beyond its limit": {
			all(quota("few", quantities("pods", "1"), quantities("pods", "4")), web()),
			denied("ResourceQuota few: pods: the pod takes 1, others use 3 of 1", Refusal{
				Kind: "ResourceQuota", Name: "few", Message: "pods: the pod takes 1, others use 3 of 1",
			}),
		},
		"a quota on what pods do not say, however little of it is used": {
			all(quota("cpu", quantities("limits.cpu", "100"), quantities("limits.cpu", "0")), web()),
			denied("ResourceQuota cpu: limits.cpu: container app does not say how much it takes", Refusal{
				Kind: "ResourceQuota", Name: "cpu", Message: "limits.cpu: container app does not say how much it takes",
			}),
		},
		"a namespace that is on its way out, before all that is wrong with the pod": {
			all(terminating(), web(hostNetwork)),
			denied(namespaceGone.Message+" (and 1 more)", namespaceGone, hostNetworkRefused()),
		},
		"all of it, in the order of the API server": {
			all(
				enforcing("baseline"), policy("b", never), policy("a", noHostNetwork), maximum("1"),
				quota("few", quantities("pods", "1"), quantities("pods", "4")), web(hostNetwork, twoCPUs, asAccount("gone"), highPriority, runtimeClass),
			),
			denied("there is no ServiceAccount gone (and 7 more)",
				Refusal{Kind: "ServiceAccount", Name: "gone", Message: "there is no ServiceAccount gone"},
				Refusal{Kind: "PriorityClass", Name: "high", Message: "there is no PriorityClass high"},
				Refusal{Kind: "RuntimeClass", Name: "sandbox", Message: "there is no RuntimeClass sandbox"},
				Refusal{Kind: "LimitRange", Name: "limits", Message: "container app: cpu limit 2 is above the maximum of 1"},
				hostNetworkRefused(), refusedBy("a"), refusedBy("b"),
				Refusal{Kind: "ResourceQuota", Name: "few", Message: "pods: the pod takes 1, others use 3 of 1"},
			),
		},
	}.test(t)
}

func TestWhatStandsAgainstNothing(t *testing.T) {
	admitted := of(Admitted, podsOf("web-1", 2)...)
	other := enforcing("baseline")
	other.Name = "other"
	verdicts{
		"a policy that is satisfied":     {all(policy("network", noHostNetwork), web()), admitted},
		"a policy without a binding":     {all(policy("images", never)[0], web()), admitted},
		"the level of another namespace": {all(other, web(hostNetwork)), admitted},
		"a webhook that is trusted": {
			all(validatingWebhook(), option(func(w *world) {
				w.trusts = func(configuration, webhook string) bool { return configuration == "guard" && webhook == "pods.guard" }
			}), web()),
			admitted,
		},
		"an exempt namespace": {
			all(enforcing("baseline"), option(func(w *world) { w.settings.Exemptions.Namespaces = []string{shop} }), web(hostNetwork)), admitted,
		},
		"the exempt controller that creates the pods": {
			all(enforcing("baseline"), option(func(w *world) {
				w.settings.Exemptions.Usernames = []string{"system:serviceaccount:kube-system:replicaset-controller"}
			}), web(hostNetwork)),
			admitted,
		},
		"a quota that is full, for the place of a pod that dies is free": {
			all(quota("few", quantities("pods", "2"), quantities("pods", "2")), web()), admitted,
		},
		"defaults of a LimitRange": {all(maximum("1"), web()), admitted},
		"a ServiceAccount that lists the Secret, and a class that is there": {
			all(
				&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
					Namespace: shop, Name: "strict", Annotations: map[string]string{snapshot.OnlyListedSecrets: "true"},
				}, Secrets: []corev1.ObjectReference{{Name: "listed"}}},
				&schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "high"}, Value: 7},
				web(asAccount("strict"), takesSecret("listed"), highPriority),
			),
			admitted,
		},
	}.test(t)
}

func TestWhatWillRefusePodsLater(t *testing.T) {
	admitted := of(Admitted, podsOf("web-1", 2)...)
	soft := func(message string) Refusal {
		return Refusal{Kind: KindPodSecurity, Name: "baseline:latest", Message: message + hostNetworkMessage, Fields: []string{"spec.hostNetwork=true"}}
	}
	images := refusedBy("images")
	images.Message = "audit, warn only: not here"
	verdicts{
		"a level that is warned about and audited": {
			all(namespace("pod-security.kubernetes.io/warn", "baseline", "pod-security.kubernetes.io/audit", "baseline"), web(hostNetwork)),
			admitted.forecasting(soft("audit, warn only: ")),
		},
		"levels that are warned about and audited differently": {
			all(namespace("pod-security.kubernetes.io/warn", "baseline", "pod-security.kubernetes.io/audit", "baseline",
				"pod-security.kubernetes.io/audit-version", "v1.34"), web(hostNetwork)),
			admitted.forecasting(
				soft("warn only: "),
				Refusal{
					Kind: KindPodSecurity, Name: "baseline:v1.34", Fields: []string{"spec.hostNetwork=true"},
					Message: `audit only: violates PodSecurity "baseline:v1.34": host namespaces (hostNetwork=true)`,
				},
			),
		},
		"a policy that warns and audits": {
			all(policy("images", never, admissionregistrationv1.Warn, admissionregistrationv1.Audit), web()), admitted.forecasting(images),
		},
		// The check of the hosts of probes came with Kubernetes 1.34.
		"the next version of the control plane": {
			all(enforcing("baseline"), option(func(w *world) { w.settings.Minor = 33 }), web(func(t *corev1.PodTemplateSpec) {
				t.Spec.Containers[0].LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "other"}}}
			})),
			admitted.forecasting(Refusal{
				Kind: KindPodSecurity, Name: "baseline:v1.34", Fields: []string{"spec.containers[0].livenessProbe.tcpSocket.host=other"},
				Message: `after the upgrade to v1.34: violates PodSecurity "baseline:v1.34": probe or lifecycle host (container "app" uses probe or lifecycle host "other")`,
			}),
		},
	}.test(t)
}

func TestWhatWasNotAskedMakesAVerdictUnknown(t *testing.T) {
	pods := podsOf("web-1", 2)
	unknown := func(n NotAsked) Restart {
		n.Decides = true
		return of(Unknown, pods...).because(n.Reason, n.sentence()).unasked(n)
	}
	unread := func(source, kind string) NotAsked {
		return NotAsked{Reason: ReasonSourceUnavailable, Kind: kind, Message: source + " cannot be read (Forbidden)."}
	}
	guard := NotAsked{
		Reason: "WebhookNotAsked", Kind: "ValidatingWebhookConfiguration", Name: "guard/pods.guard",
		Message: "The webhook is called when the pod is created, and was not asked.",
	}
	verdicts{
		"a validating webhook": {all(validatingWebhook(), web()), unknown(guard)},
		"ValidatingAdmissionPolicies that cannot be read": {
			all(source{snapshot.ValidatingAdmissionPolicies, snapshot.Forbidden}, web()),
			unknown(unread("validatingadmissionpolicies", "ValidatingAdmissionPolicy")),
		},
		"their bindings": {
			all(source{snapshot.ValidatingAdmissionPolicyBindings, snapshot.Forbidden}, web()),
			unknown(unread("validatingadmissionpolicybindings", "ValidatingAdmissionPolicy")),
		},
		"validating webhooks that cannot be read": {
			all(source{snapshot.ValidatingWebhookConfigurations, snapshot.Forbidden}, web()),
			unknown(unread("validatingwebhookconfigurations", "ValidatingWebhookConfiguration")),
		},
		"MutatingAdmissionPolicies that cannot be read": {
			all(source{snapshot.MutatingAdmissionPolicies, snapshot.Forbidden}, web()),
			unknown(unread("mutatingadmissionpolicies", "MutatingAdmissionPolicy")),
		},
		"their bindings, too": {
			all(source{snapshot.MutatingAdmissionPolicyBindings, snapshot.Forbidden}, web()),
			unknown(unread("mutatingadmissionpolicybindings", "MutatingAdmissionPolicy")),
		},
		"a source that is not read yet": {
			all(source{snapshot.ValidatingAdmissionPolicies, snapshot.NotSynced}, web()),
			unknown(NotAsked{Reason: ReasonSourceUnavailable, Kind: "ValidatingAdmissionPolicy", Message: "validatingadmissionpolicies cannot be read (NotSynced)."}),
		},
		"LimitRanges that cannot be read": {
			all(source{snapshot.LimitRanges, snapshot.Forbidden}, web()), unknown(unread("limitranges", "LimitRange")),
		},
		"quotas that cannot be read": {
			all(source{snapshot.ResourceQuotas, snapshot.Forbidden}, web()), unknown(unread("resourcequotas", "ResourceQuota")),
		},
		"a class that cannot be read": {
			all(source{snapshot.PriorityClasses, snapshot.Forbidden}, web(highPriority)),
			unknown(NotAsked{Reason: ReasonSourceUnavailable, Kind: "PriorityClass", Name: "high", Message: "priorityclasses cannot be read (Forbidden)."}),
		},
		"a ServiceAccount that cannot be read": {
			all(source{snapshot.ServiceAccounts, snapshot.Forbidden}, web(asAccount("app"))),
			unknown(NotAsked{Reason: ReasonSourceUnavailable, Kind: "ServiceAccount", Name: "app", Message: "serviceaccounts cannot be read (Forbidden)."}),
		},
		"a policy about the UID of who creates pods, of whom only name and groups are known": {
			all(policy("users", "request.userInfo.uid != ''"), web()),
			unknown(NotAsked{
				Reason: "UserUnknown", Kind: "ValidatingAdmissionPolicy", Name: "users",
				Message: "The policy asks who creates the pod, which is not known.",
			}),
		},
		"a policy about literal values, which are not kept": {
			all(policy("modes", "object.spec.containers[0].env[0].value == 'slow'"), web(literal)),
			unknown(NotAsked{
				Reason: "LiteralsNotKept", Kind: "ValidatingAdmissionPolicy", Name: "modes",
				Message: "The policy reads a literal value of the pod, such as of an environment variable, which is not kept.",
			}),
		},
		"a policy about rights, which nobody answers for": {
			all(policy("rights", "authorizer.group('').resource('pods').check('create').allowed()"), web()),
			unknown(NotAsked{
				Reason: "AuthorizerNotAsked", Kind: "ValidatingAdmissionPolicy", Name: "rights", Message: "The policy asks the authorizer, which was not asked.",
			}),
		},
		"rules of Pod Security of an API server whose version is not known": {
			all(enforcing("baseline"), option(func(w *world) { w.settings.Minor = 0 }), web()),
			unknown(NotAsked{
				Reason: ReasonVersionUnknown, Kind: KindPodSecurity, Name: "baseline:latest",
				Message: "The version of the API server is not known: the rules are those of v1.37.",
			}),
		},
		"rules of an API server that is newer than the library": {
			all(enforcing("baseline"), option(func(w *world) { w.settings.Minor = podsecurity.NewestMinor + 1 }), web()),
			unknown(NotAsked{
				Reason: ReasonVersionUnknown, Kind: KindPodSecurity, Name: "baseline:latest",
				Message: "The API server is of v1.38: rules newer than v1.37 are not known.",
			}),
		},
		"a namespace that is not there": {
			all(option(func(w *world) { w.snapshot.DeleteNamespace(shop) }), web(hostNetwork)),
			unknown(NotAsked{Reason: "NamespaceNotRead", Kind: "Namespace", Name: shop, Message: "It is not there."}),
		},
		"namespaces that cannot be read": {
			all(option(func(w *world) { w.snapshot.DeleteNamespace(shop) }), source{snapshot.Namespaces, snapshot.Forbidden}, web()),
			unknown(NotAsked{Reason: ReasonSourceUnavailable, Kind: "Namespace", Name: shop, Message: "namespaces cannot be read (Forbidden)."}),
		},
	}.test(t)
}

func TestWhatWasNotAskedAndMattersNot(t *testing.T) {
	pods := podsOf("web-1", 2)
	version := func(w *world) { w.settings.Minor = 0 }
	guard := NotAsked{
		Reason: "WebhookNotAsked", Kind: "ValidatingWebhookConfiguration", Name: "guard/pods.guard", Decides: true,
		Message: "The webhook is called when the pod is created, and was not asked.",
	}
	noMutatingWebhooks := NotAsked{
		Reason: ReasonSourceUnavailable, Kind: "MutatingWebhookConfiguration", Message: "mutatingwebhookconfigurations cannot be read (Forbidden).",
	}
	withoutSources := func(w *world) {
		for _, name := range snapshot.Sources() {
			w.snapshot.SetSource(name, snapshot.NotGiven)
		}
		w.snapshot.DeleteNamespace(shop)
	}
	verdicts{
		"a webhook, beside what refuses the pods anyhow": {
			all(enforcing("baseline"), validatingWebhook(), web(hostNetwork)), deniedByBaseline(pods...).unasked(guard),
		},
		"a mutating webhook": {all(mutatingWebhook(), web()), of(Admitted, pods...).unasked(meshNotApplied)},
		"mutating webhooks that cannot be read": {
			all(source{snapshot.MutatingWebhookConfigurations, snapshot.Forbidden}, web()), of(Admitted, pods...).unasked(noMutatingWebhooks),
		},
		"MutatingAdmissionPolicies that the API server does not serve": {
			all(source{snapshot.MutatingAdmissionPolicies, snapshot.Missing}, web()), of(Admitted, pods...),
		},
		"the version, where nothing is enforced": {all(option(version), web(hostNetwork)), of(Admitted, pods...)},
		"the version, where the level refuses the pods": {
			all(enforcing("baseline"), option(version), web(hostNetwork)), deniedByBaseline(pods...),
		},
		"the version, where the namespace is exempt": {
			all(enforcing("baseline"), option(version), option(func(w *world) { w.settings.Exemptions.Namespaces = []string{shop} }), web(hostNetwork)),
			of(Admitted, pods...),
		},
		"what files do not hold": {
			all(option(withoutSources), web(hostNetwork, asAccount("app"), highPriority)), of(Admitted, pods...),
		},
		"mutations, where a plugin refuses the pods before": {
			all(source{snapshot.MutatingAdmissionPolicyBindings, snapshot.NotSynced}, web(asAccount("gone"))),
			of(Denied, pods...).because("ServiceAccount", "there is no ServiceAccount gone").
				refused(Refusal{Kind: "ServiceAccount", Name: "gone", Message: "there is no ServiceAccount gone"}).
				unasked(NotAsked{
					ReasonSourceUnavailable, "MutatingAdmissionPolicy", "", "mutatingadmissionpolicybindings cannot be read (NotSynced).", true,
				}),
		},
	}.test(t)
}

func TestUsersThatNobodyKnows(t *testing.T) {
	fleet := running(1, "example.com/v1", "Fleet", "fleet", hostNetwork)
	pods := podsOf("fleet", 1)
	exempt := option(func(w *world) { w.settings.Exemptions.Usernames = []string{"ops"} })
	byFleet := NotAsked{
		Reason: "UserUnknown", Kind: "ValidatingAdmissionPolicy", Name: "users", Message: "The policy asks who creates the pod, which is not known.", Decides: true,
	}
	byLevel := NotAsked{
		Reason: "UserUnknown", Kind: KindPodSecurity, Name: "baseline:latest", Message: "Some users are exempt, and it is not known who creates the pod.", Decides: true,
	}
	verdicts{
		"a policy about users": {
			all(policy("users", byUser), fleet), of(Unknown, pods...).because("UserUnknown", byFleet.sentence()).unasked(byFleet),
		},
		"a level from which some users are exempt": {
			all(enforcing("baseline"), exempt, fleet), of(Unknown, pods...).because("UserUnknown", byLevel.sentence()).unasked(byLevel),
		},
		"a level from which nobody is exempt": {all(enforcing("baseline"), fleet), deniedByBaseline(pods...)},
	}.test(t)
}
