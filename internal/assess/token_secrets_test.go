package assess

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// taking is a pod of the ServiceAccount default without a token, whose container takes Secrets.
func taking(secrets ...string) *corev1.PodSpec {
	return withoutToken(spec(func(c *corev1.Container) {
		for _, name := range secrets {
			c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}})
		}
	}))
}

// withSecrets is a view of pods around which Secrets are known as "name=account".
func withSecrets(s *corev1.PodSpec, state snapshot.State, known ...string) *snapshot.View {
	g := group(s, "a")
	g.TokenSecrets = snapshot.TokenSecrets{State: state, Accounts: map[string]string{}}
	for _, text := range known {
		name, account, _ := strings.Cut(text, "=")
		g.TokenSecrets.Accounts[name] = account
		if account == snapshot.ServiceAccountName(s) {
			g.TokenSecrets.Own, g.TokenSecrets.OwnCount = name, g.TokenSecrets.OwnCount+1
		}
	}
	return viewOf(g)
}

// withBuilder is an index in which the ServiceAccount builder of shop may do everything, besides what bindings give default.
func withBuilder(bindings ...string) *rbac.Index {
	x := indexOf(bindings...)
	x.UpsertClusterRole(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "all"}, Rules: []rbacv1.PolicyRule{rule("* *")}})
	x.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "builders"}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: "all"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: "builder"}},
	})
	return x
}

func assessedWith(view *snapshot.View, grants *rbac.Index) *Assessment {
	return New(posture.Settings{}).Assess(view, Around{Access: Gather(view, grants, nil)})
}

func TestATokenFromASecretMakesItsRightsThePods(t *testing.T) {
	own, builder := "RBACReadSecrets ClusterRoleBinding readers -> ClusterRole readers rules[0]: May read Secrets by name in the whole cluster.",
		"RBACClusterAdmin Secret builder-token -> ServiceAccount builder -> ClusterRoleBinding builders -> ClusterRole all rules[0]: "+
			"May do everything in the whole cluster, as ServiceAccount builder."
	ownBySecret := "RBACReadSecrets Secret default-token -> ServiceAccount default -> ClusterRoleBinding readers -> ClusterRole readers rules[0]: " +
		"May read Secrets by name in the whole cluster, as ServiceAccount default."
	mounting := taking("builder-token")
	mounting.AutomountServiceAccountToken = nil
	for name, test := range map[string]struct {
		view *snapshot.View
		want []string
	}{
		"another ServiceAccount's":              {withSecrets(taking("builder-token"), snapshot.Synced, "builder-token=builder"), []string{builder}},
		"besides its own":                       {withSecrets(mounting, snapshot.Synced, "builder-token=builder"), []string{builder, own}},
		"its own":                               {withSecrets(taking("default-token"), snapshot.Synced, "default-token=default"), []string{ownBySecret}},
		"both from Secrets":                     {withSecrets(taking("default-token", "builder-token"), snapshot.Synced, "builder-token=builder", "default-token=default"), []string{builder, ownBySecret}},
		"one that exists and that no pod takes": {withSecrets(taking(), snapshot.Synced, "builder-token=builder"), nil},
		"a Secret that is no token":             {withSecrets(taking("builder-token"), snapshot.Synced), nil},
		"a Secret that is not known":            {withSecrets(taking("builder-token"), snapshot.NotEnabled), nil},
		"one that is known from a file":         {withSecrets(taking("builder-token"), snapshot.NotGiven, "builder-token=builder"), []string{builder}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range privilegesIn(assessedWith(test.view, withBuilder("readers: get secrets"))) {
				got = append(got, string(f.Check)+" "+f.Field+": "+f.Message)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("privileges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheAnswerNamesTheSecret(t *testing.T) {
	got := assessedWith(withSecrets(taking("builder-token"), snapshot.Synced, "builder-token=builder"), withBuilder())
	answer := answerTo(got, finding.BecomeClusterAdmin)
	want := []finding.Evidence{{
		Check: "RBACClusterAdmin", Value: "* * in group *",
		Field: "Secret builder-token -> ServiceAccount builder -> ClusterRoleBinding builders -> ClusterRole all rules[0]",
	}}
	if diff := cmp.Diff(want, answer.Evidence); diff != "" || answer.Verdict != finding.Yes || got.Score.Score != 100 {
		t.Errorf("%s, score %d, evidence (-want +got):\n%s", answer.Verdict, got.Score.Score, diff)
	}
}

// What is not known about a Secret leaves every question open that a token could answer, for those only who have the Secret.
func TestASecretThatIsNotKnownLeavesQuestionsOpen(t *testing.T) {
	for name, test := range map[string]struct {
		view   *snapshot.View
		reason string
		why    string
	}{
		"nobody asked for Secrets": {
			withSecrets(taking("db"), snapshot.NotEnabled), "SourceNotEnabled", "It cannot be told whether Secret db holds a token: secrets are NotEnabled.",
		},
		"only files were read": {
			withSecrets(taking("known", "db"), snapshot.NotGiven, "known="), "SourceNotGiven", "It cannot be told whether Secret db holds a token: secrets are NotGiven.",
		},
		"they are refused": {
			withSecrets(taking("db"), snapshot.Forbidden), "SourceForbidden", "It cannot be told whether Secret db holds a token: secrets are Forbidden.",
		},
		"they are read":              {withSecrets(taking("db"), snapshot.Synced), finding.ReasonNotEvaluated, notEvaluated},
		"the pod has none of them":   {withSecrets(taking(), snapshot.NotEnabled), finding.ReasonNotEvaluated, notEvaluated},
		"the Secret is in the files": {withSecrets(taking("db"), snapshot.NotGiven, "db="), finding.ReasonNotEvaluated, notEvaluated},
	} {
		t.Run(name, func(t *testing.T) {
			for _, answer := range assessedWith(test.view, withBuilder()).Answers {
				switch {
				case answer.Question == finding.ReachExternal, answer.Verdict != finding.Unknown:
				case answer.Reason != test.reason || answer.Summary != test.why:
					t.Errorf("%s: %s, %s", answer.Question, answer.Reason, answer.Summary)
				}
			}
		})
	}
}

func TestTheBestChangeMayBeToDeleteASecret(t *testing.T) {
	// Its own rights stay: the binding of the other ServiceAccount is worth no more than its Secret.
	view := withSecrets(taking("builder-token"), snapshot.Synced, "builder-token=builder")
	clean := assessedWith(withSecrets(taking("builder-token"), snapshot.Synced), withBuilder()).Score.Score
	want := &Fix{Check: tokenFromSecret, Change: "Delete Secret builder-token.", ScoreAfter: clean, Secret: "builder-token"}
	if diff := cmp.Diff(want, assessedWith(view, withBuilder()).TopFix); diff != "" {
		t.Errorf("top fix (-want +got):\n%s", diff)
	}
	// Where two Secrets bring tokens with the same rights, only the binding helps.
	two := withSecrets(taking("builder-token", "copy"), snapshot.Synced, "builder-token=builder", "copy=builder")
	if got := assessedWith(two, withBuilder()).TopFix; got == nil || got.Change != "Remove ClusterRoleBinding builders." {
		t.Errorf("top fix of two tokens is %+v", got)
	}
}

func TestATokenOfItsOwnInASecretIsFoundOnlyWithRights(t *testing.T) {
	view := withSecrets(taking(), snapshot.Synced, "default-token=default")
	for name, test := range map[string]struct {
		grants *rbac.Index
		want   bool
	}{
		"with a binding": {withBuilder("shop/b: get pods"), true},
		"without one":    {withBuilder(), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := firstOf(assessedWith(view, test.grants).Findings, "ServiceAccountTokenInSecret"); (got != nil) != test.want {
				t.Errorf("found %+v", got)
			}
		})
	}
}
