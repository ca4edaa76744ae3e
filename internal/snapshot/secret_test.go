package snapshot

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

func TestOfASecretOnlyItsNameAndItsServiceAccountAreKept(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*metav1.PartialObjectMetadata)
		want   map[string]string
	}{
		"a token":                        {func(*metav1.PartialObjectMetadata) {}, map[string]string{corev1.ServiceAccountNameKey: "builder"}},
		"a token that is marked invalid": {func(o *metav1.PartialObjectMetadata) { o.Labels[invalidSince] = "2026-01-02" }, nil},
		"a token that is being deleted":  {func(o *metav1.PartialObjectMetadata) { o.DeletionTimestamp = ptr.To(metav1.Unix(1, 0)) }, nil},
		"no token":                       {func(o *metav1.PartialObjectMetadata) { delete(o.Annotations, corev1.ServiceAccountNameKey) }, nil},
		"the token of what can be no ServiceAccount": {func(o *metav1.PartialObjectMetadata) {
			o.Annotations[corev1.ServiceAccountNameKey] = strings.Repeat(canary, 1000)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			secret := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
				Namespace: shop, Name: "builder-token", UID: "u", ResourceVersion: "7", GenerateName: canary,
				Labels: map[string]string{"team": canary},
				Annotations: map[string]string{
					corev1.ServiceAccountNameKey: "builder", corev1.ServiceAccountUIDKey: "u",
					corev1.LastAppliedConfigAnnotation: `{"data":{"token":"` + canary + `"}}`,
				},
				ManagedFields: []metav1.ManagedFieldsEntry{{Manager: canary}},
				Finalizers:    []string{canary},
			}}
			test.change(secret)
			StripSecret(secret)
			want := metav1.ObjectMeta{Namespace: shop, Name: "builder-token", ResourceVersion: "7", Annotations: test.want}
			wantDiff(t, "metadata", want, secret.ObjectMeta)
		})
	}
}

func TestTheSnapshotKeepsNoValueOfASecretThatWasNotStripped(t *testing.T) {
	s := synced()
	secret := tokenSecret("a", "web")
	secret.Annotations[corev1.LastAppliedConfigAnnotation] = canary
	s.UpsertSecret(secret)
	if kept := fmt.Sprintf("%+v", s.secrets); strings.Contains(kept, canary) || !strings.Contains(kept, "web") {
		t.Errorf("kept %s", kept)
	}
}

func TestWhomASecretConcerns(t *testing.T) {
	s := synced(
		newPod("runs", runningAs("web")),
		newPod("takes", runningAs("other"), takingSecret("web-token")),
		newPod("bystander", runningAs("other"), takingSecret("db")),
		deployment("waits"), // Its template runs as default.
	)
	upsert(s, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "far", Name: "namesake"}, Spec: newPod("x", runningAs("web"), takingSecret("web-token")).Spec,
	})
	runs, takes, waits := key("", "Pod", "runs"), key("", "Pod", "takes"), key("apps", "Deployment", "waits")
	name := types.NamespacedName{Namespace: shop, Name: "web-token"}
	invalid := tokenSecret("web-token", "web")
	invalid.Labels = map[string]string{invalidSince: "2026-01-02"}
	deleted := tokenSecret("web-token", "default")
	deleted.DeletionTimestamp = ptr.To(metav1.Unix(1, 0))
	for _, step := range []struct {
		name string
		do   func() Affected
		want Affected
	}{
		{"one that comes", func() Affected { return s.UpsertSecret(tokenSecret("web-token", "web")) }, Affected{runs, takes}},
		{"one that says the same", func() Affected { return s.UpsertSecret(tokenSecret("web-token", "web")) }, nil},
		{"one that is marked invalid", func() Affected { return s.UpsertSecret(invalid) }, Affected{runs, takes}},
		{"one of another ServiceAccount", func() Affected { return s.UpsertSecret(tokenSecret("web-token", "default")) }, Affected{waits, takes}},
		{"one that is being deleted", func() Affected { return s.UpsertSecret(deleted) }, Affected{waits, takes}},
		{"one that goes", func() Affected { return s.DeleteSecret(name) }, Affected{takes}},
		{"one that is gone", func() Affected { return s.DeleteSecret(name) }, nil},
		{"one that nobody has to do with", func() Affected { return s.UpsertSecret(tokenSecret("x", "nobody")) }, nil},
	} {
		wantDiff(t, step.name+": workloads", step.want, step.do())
	}
}

func TestAViewKnowsTheTokensAroundItsPods(t *testing.T) {
	pod := newPod("a", runningAs("web"), takingSecret("theirs"), takingSecret("plain"), takingSecret("unread"), mountingSecrets("mounted", "projected"))
	s := synced(pod,
		tokenSecret("theirs", "builder"), tokenSecret("plain", ""), tokenSecret("mounted", "web"), tokenSecret("projected", "deployer"),
		tokenSecret("b-own", "web"), tokenSecret("a-own", "web"), tokenSecret("elsewhere", "somebody"),
	)
	view, _ := s.View(key("", "Pod", "a"))
	got := view.Groups[0].TokenSecrets
	want := TokenSecrets{
		State: Synced, Own: "a-own", OwnCount: 3,
		Accounts: map[string]string{"theirs": "builder", "plain": "", "mounted": "web", "projected": "deployer"},
	}
	wantDiff(t, "tokens", want, got)
	for secret, test := range map[string]struct {
		account string
		known   bool // where Secrets are not all read
	}{"theirs": {"builder", true}, "plain": {"", true}, "unread": {"", false}} {
		for _, state := range States() {
			got.State = state
			account, known := got.TokenOf(secret)
			if account != test.account || known != (test.known || state == Synced) {
				t.Errorf("secrets are %s: %s holds a token of %q, known %v", state, secret, account, known)
			}
		}
	}
}

func mountingSecrets(volume, projected string) podOption {
	return func(p *corev1.Pod) {
		source := &corev1.SecretProjection{LocalObjectReference: corev1.LocalObjectReference{Name: projected}}
		p.Spec.Volumes = append(p.Spec.Volumes,
			corev1.Volume{Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: volume}}},
			corev1.Volume{Name: "p", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
				Sources: []corev1.VolumeProjection{{Secret: source}},
			}}},
		)
	}
}

func TestRightsOfAServiceAccountConcernWhoeverHasItsToken(t *testing.T) {
	variable := newPod("variable", runningAs("other"))
	variable.Spec.InitContainers = []corev1.Container{{Name: "i", Env: []corev1.EnvVar{{Name: "A", ValueFrom: &corev1.EnvVarSource{
		SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "web-token"}, Key: "token"},
	}}}}}
	s := synced(newPod("runs", runningAs("web")), newPod("takes", takingSecret("web-token")), newPod("bystander"), variable)
	account := types.NamespacedName{Namespace: shop, Name: "web"}
	runs, takes, reads := key("", "Pod", "runs"), key("", "Pod", "takes"), key("", "Pod", "variable")
	wantDiff(t, "before there is a token: workloads", Affected{runs}, s.RunningAs(account))
	s.UpsertSecret(tokenSecret("web-token", "web"))
	wantDiff(t, "with a token: workloads", Affected{runs, takes, reads}, s.RunningAs(account))
	s.UpsertSecret(tokenSecret("web-token", "builder"))
	wantDiff(t, "when it is another's: workloads", Affected{runs}, s.RunningAs(account))
}

func TestSecretsThatNobodyAskedForHoldNothingUp(t *testing.T) {
	s := New()
	if s.State(Secrets) != NotEnabled || s.State(Pods) != NotSynced {
		t.Fatalf("secrets are %s, pods %s", s.State(Secrets), s.State(Pods))
	}
	for _, source := range Sources() {
		if source != Secrets {
			s.SetSource(source, Synced)
		}
	}
	upsert(s, newPod("a"))
	view, _ := s.View(key("", "Pod", "a"))
	if !s.Settled() || len(view.Unavailable) > 0 {
		t.Errorf("settled %v, unavailable %v", s.Settled(), view.Unavailable)
	}
	s.SetSource(Secrets, NotSynced)
	if s.Settled() {
		t.Error("settled although Secrets have been asked for and are not read")
	}
	s.SetSource(Secrets, Forbidden)
	view, _ = s.View(key("", "Pod", "a"))
	wantDiff(t, "sources that are missing", []SourceStatus{{Secrets, Forbidden}}, view.Unavailable)
}
