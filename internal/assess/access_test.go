package assess

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// rule reads "get,list secrets", "create pods/exec named web"; the group is every one.
func rule(text string) rbacv1.PolicyRule {
	words := strings.Fields(text)
	r := rbacv1.PolicyRule{Verbs: strings.Split(words[0], ","), Resources: strings.Split(words[1], ","), APIGroups: []string{"*"}}
	if len(words) > 2 {
		r.ResourceNames = strings.Split(words[3], ",")
	}
	return r
}

// bind gives the ServiceAccounts default and web of shop a rule by a binding and a ClusterRole of one name: "admins: * *" in the
// whole cluster, "shop/readers: get secrets" in shop.
func bind(x *rbac.Index, text string) {
	ref, said, _ := strings.Cut(text, ": ")
	namespace, name, inNamespace := strings.Cut(ref, "/")
	if !inNamespace {
		namespace, name = "", ref
	}
	role := namespace + name
	x.UpsertClusterRole(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: role}, Rules: []rbacv1.PolicyRule{rule(said)}})
	subjects := []rbacv1.Subject{
		{Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: "default"}, {Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: "web"},
	}
	meta, ref2 := metav1.ObjectMeta{Namespace: namespace, Name: name}, rbacv1.RoleRef{Kind: "ClusterRole", Name: role}
	if inNamespace {
		x.UpsertRoleBinding(&rbacv1.RoleBinding{ObjectMeta: meta, RoleRef: ref2, Subjects: subjects})
	} else {
		x.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: meta, RoleRef: ref2, Subjects: subjects})
	}
}

func indexOf(bindings ...string) *rbac.Index {
	x := rbac.New()
	for _, b := range bindings {
		bind(x, b)
	}
	return x
}

// podSecurity is a cluster in which namespaces enforce levels: "shop=baseline".
func podSecurity(levels ...string) *snapshot.PodSecurity {
	s := snapshot.New()
	s.SetSource(snapshot.Namespaces, snapshot.Synced)
	for _, text := range levels {
		name, level, _ := strings.Cut(text, "=")
		s.UpsertNamespace(&snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": level},
		}})
	}
	return s.PodSecurity()
}

func assessed(view *snapshot.View, levels *snapshot.PodSecurity, bindings ...string) *Assessment {
	return New(posture.Settings{}).Assess(view, Around{Access: Gather(view, indexOf(bindings...), levels)})
}

func withoutToken(s *corev1.PodSpec) *corev1.PodSpec {
	s.AutomountServiceAccountToken = ptr.To(false)
	return s
}

// privilegesIn are the findings that RBAC gives.
func privilegesIn(a *Assessment) []finding.Finding {
	var out []finding.Finding
	for _, f := range a.Findings {
		if strings.HasPrefix(string(f.Check), "RBAC") {
			out = append(out, f)
		}
	}
	return out
}

func calmView() *snapshot.View { return viewOf(group(spec(), "a")) }

func TestRightsCountOnlyWhereATokenIsInReach(t *testing.T) {
	projected := withoutToken(spec(func(c *corev1.Container) {
		c.VolumeMounts = []corev1.VolumeMount{{Name: "token", MountPath: "/token"}}
	}))
	projected.Volumes = []corev1.Volume{{Name: "token", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}}},
	}}}}
	byAccount := group(spec(), "a")
	byAccount.Automount = ptr.To(false)
	other := spec()
	other.ServiceAccountName = "other"
	for name, test := range map[string]struct {
		group snapshot.Group
		want  bool
	}{
		"a token that is mounted by default":         {group(spec(), "a"), true},
		"a pod that mounts none":                     {group(withoutToken(spec()), "a"), false},
		"a ServiceAccount that mounts none":          {byAccount, false},
		"a token that is projected all the same":     {group(projected, "a"), true},
		"a pod of another ServiceAccount":            {group(other, "a"), false},
		"a template of which no pod runs, by itself": {snapshot.Group{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			view := viewOf()
			if test.group.Shape == nil {
				view.Template = ptr.To(group(spec()))
			} else {
				view = viewOf(test.group)
			}
			got := assessed(view, nil, "admins: * *")
			if has := len(privilegesIn(got)) > 0; has != test.want || (got.Score.Score == 100) != test.want {
				t.Fatalf("findings %v, score %d", privilegesIn(got), got.Score.Score)
			}
		})
	}
}

func TestAFindingNamesBindingRoleAndRule(t *testing.T) {
	for name, test := range map[string]struct {
		bindings              []string
		field, value, message string
	}{
		"in the whole cluster": {
			[]string{"readers: get secrets"},
			"ClusterRoleBinding readers -> ClusterRole readers rules[0]", "get secrets in group *",
			"May read Secrets by name in the whole cluster.",
		},
		"in three namespaces": {
			[]string{"c/x: get secrets", "a/x: get secrets", "b/x: get secrets"},
			"RoleBinding a/x -> ClusterRole ax rules[0] and 2 more", "get secrets in group *", "May read Secrets by name in a, b, c.",
		},
		"in more than three": {
			[]string{"e/x: get secrets", "d/x: get secrets", "c/x: get secrets", "a/x: get secrets", "b/x: get secrets"},
			"RoleBinding a/x -> ClusterRole ax rules[0] and 4 more", "get secrets in group *",
			"May read Secrets by name in a, b, c and 2 more namespaces.",
		},
		"limited to some names": {
			[]string{"readers: get secrets named d,b,a,c,e"},
			"ClusterRoleBinding readers -> ClusterRole readers rules[0]",
			"get secrets in group * named a,b,c,d,e", "May read Secrets by name in the whole cluster, named a, b, c and 2 more.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := privilegesIn(assessed(calmView(), nil, test.bindings...))
			if len(found) != 1 {
				t.Fatalf("found %+v", found)
			}
			got := [3]string{found[0].Field, found[0].Value, found[0].Message}
			if diff := cmp.Diff([3]string{test.field, test.value, test.message}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRightsAnswerTheQuestions(t *testing.T) {
	open, closed := podSecurity("shop=privileged", "kube-system=privileged"), podSecurity("shop=restricted", "kube-system=restricted")
	for name, test := range map[string]struct {
		levels  *snapshot.PodSecurity
		binding string
		want    map[finding.Question]finding.Verdict
		reach   finding.Reach
	}{
		"everything in the cluster": {open, "b: * *", map[finding.Question]finding.Verdict{
			finding.BecomeClusterAdmin: finding.Yes, finding.ControlNode: finding.Yes, finding.CreatePods: finding.Yes, finding.HopNodes: finding.Yes,
			finding.ReachPods: finding.Yes, finding.ReadSecrets: finding.Yes,
		}, finding.ReachCluster},
		"pods where privileged ones are admitted": {open, "shop/b: create pods", map[finding.Question]finding.Verdict{
			finding.ControlNode: finding.Yes, finding.CreatePods: finding.Yes, finding.HopNodes: finding.Yes, finding.ReadSecrets: finding.Yes,
		}, finding.ReachMultiNode},
		"pods where they are not": {closed, "shop/b: create pods", map[finding.Question]finding.Verdict{
			finding.CreatePods: finding.Yes, finding.ReadSecrets: finding.Yes,
		}, finding.ReachNamespace},
		"pods where it is not known": {nil, "shop/b: create pods", map[finding.Question]finding.Verdict{
			finding.ControlNode: finding.Conditional, finding.CreatePods: finding.Yes, finding.HopNodes: finding.Conditional, finding.ReadSecrets: finding.Yes,
		}, finding.ReachNamespace},
		"secrets of the namespace": {closed, "shop/b: get secrets", map[finding.Question]finding.Verdict{finding.ReadSecrets: finding.Yes}, finding.ReachNamespace},
		"secrets of the cluster": {closed, "b: get secrets", map[finding.Question]finding.Verdict{
			finding.ReadSecrets: finding.Yes, finding.BecomeClusterAdmin: finding.Conditional,
		}, finding.ReachCluster},
		"one secret":    {closed, "shop/b: get secrets named db", map[finding.Question]finding.Verdict{finding.ReadSecrets: finding.Conditional}, finding.ReachPod},
		"ports of pods": {closed, "shop/b: create pods/portforward", map[finding.Question]finding.Verdict{finding.ReachPods: finding.Yes}, finding.ReachPod},
	} {
		t.Run(name, func(t *testing.T) {
			got := assessed(calmView(), test.levels, test.binding)
			verdicts := map[finding.Question]finding.Verdict{}
			for _, answer := range got.Answers {
				if answer.Verdict != finding.Unknown {
					verdicts[answer.Question] = answer.Verdict
					if !strings.Contains(answer.Evidence[0].Field, "b -> ClusterRole") || answer.Evidence[0].Value == "" {
						t.Errorf("evidence of %s is %+v", answer.Question, answer.Evidence)
					}
				}
			}
			if diff := cmp.Diff(test.want, verdicts); diff != "" || got.Reach != test.reach {
				t.Errorf("reach %s, answers (-want +got):\n%s", got.Reach, diff)
			}
		})
	}
}

func TestAConditionalRightNamesItsCondition(t *testing.T) {
	got := answerTo(assessed(calmView(), nil, "shop/b: create pods"), finding.ControlNode)
	const want = "Pod Security of the namespace must admit privileged pods; its level is not known."
	if got.Verdict != finding.Conditional || got.Summary != want {
		t.Fatalf("got %+v", got)
	}
}

func TestAllEffectsCountInTheScore(t *testing.T) {
	all := finding.Finding{Consequence: finding.PodsOfNamespace, Also: []finding.Effect{
		{Consequence: finding.SecretsOfNamespace}, {Consequence: finding.ClusterAdmin, Condition: "It must be so."},
	}}
	got := risks([]finding.Finding{all})
	want := risks([]finding.Finding{
		{Consequence: finding.PodsOfNamespace}, {Consequence: finding.SecretsOfNamespace}, {Consequence: finding.ClusterAdmin, Condition: "It must be so."},
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("risks (-each by itself +together):\n%s", diff)
	}
}

// A namespace that a workload owns is no less than the sum of what it might do there.
func TestTheRightToDoEverythingInANamespaceHasTheEffectsOfWhatItImplies(t *testing.T) {
	levels := podSecurity("shop=restricted")
	parts := assessed(calmView(), levels, "shop/a: create,update services", "shop/b: update networkpolicies", "shop/c: create pods")
	whole := assessed(calmView(), levels, "shop/d: * *")
	if found := privilegesIn(whole); len(found) != 1 || found[0].Check != everything || whole.Score.Score < parts.Score.Score {
		t.Fatalf("score %d, of its parts %d; found %+v", whole.Score.Score, parts.Score.Score, found)
	}
	for _, f := range privilegesIn(parts) {
		if condition, ok := privilegesIn(whole)[0].Leads(func(c finding.Consequence) bool { return c == f.Consequence }); !ok || condition > f.Condition {
			t.Errorf("%s of %s is missing", f.Consequence, f.Check)
		}
	}
}

func TestASourceOfGrantsThatCannotBeReadLeavesQuestionsOpen(t *testing.T) {
	for _, source := range grantSources {
		t.Run(string(source), func(t *testing.T) {
			calm, root := calmView(), viewOf(group(spec(makePrivileged), "a"))
			for _, view := range []*snapshot.View{calm, root} {
				view.Unavailable = []snapshot.SourceStatus{{Source: source, State: snapshot.Forbidden}}
			}
			for _, answer := range assessed(calm, nil).Answers {
				want := "SourceForbidden"
				if answer.Question == finding.ReachExternal {
					want = finding.ReasonNotEvaluated
				}
				if answer.Verdict != finding.Unknown || answer.Reason != want {
					t.Errorf("%s is %s, reason %q", answer.Question, answer.Verdict, answer.Reason)
				}
			}
			if got := answerTo(assessed(root, nil), finding.ControlNode); got.Verdict != finding.Yes || got.Reason != "" {
				t.Errorf("what is known otherwise became %s, reason %q", got.Verdict, got.Reason)
			}
		})
	}
}

func TestAskedAreTheNamespacesThatTheVerdictRestsOn(t *testing.T) {
	for name, test := range map[string]struct {
		view     *snapshot.View
		bindings []string
		want     []string
	}{
		"no rights":                             {calmView(), nil, nil},
		"a right that asks nothing":             {calmView(), []string{"b: get secrets"}, nil},
		"pods of a namespace":                   {calmView(), []string{"shop/b: create pods"}, []string{"shop"}},
		"pods of two namespaces":                {calmView(), []string{"shop/b: create pods", "a/b: create pods"}, []string{"a", "shop"}},
		"pods of the cluster":                   {calmView(), []string{"b: create pods"}, []string{""}},
		"no token":                              {viewOf(group(withoutToken(spec()), "a")), []string{"b: create pods"}, nil},
		"one namespace once the cluster is not": {calmView(), []string{"b: create pods", "shop/b: create pods"}, []string{"", "shop"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := assessed(test.view, podSecurity("shop=baseline", "a=restricted"), test.bindings...)
			if diff := cmp.Diff(test.want, got.Asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheBestBindingToRemoveIsFound(t *testing.T) {
	clean := assessed(calmView(), nil).Score.Score
	for name, test := range map[string]struct {
		bindings []string
		want     *Fix
	}{
		"the only one": {[]string{"admins: * *"}, &Fix{Check: "RBACClusterAdmin", Change: "Remove ClusterRoleBinding admins.", ScoreAfter: clean}},
		"the worse of two": {[]string{"shop/ports: create pods/portforward", "shop/readers: get secrets"}, &Fix{
			Check: "RBACReadSecrets", Change: "Remove RoleBinding shop/readers.",
			ScoreAfter: assessed(calmView(), nil, "shop/ports: create pods/portforward").Score.Score,
		}},
		"one that gives all where another gives names": {[]string{"some: get secrets named db", "shop/all: get secrets"}, &Fix{
			Check: "RBACReadSecrets", Change: "Remove RoleBinding shop/all.",
			ScoreAfter: assessed(calmView(), nil, "some: get secrets named db").Score.Score,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a := New(posture.Settings{})
			view := calmView()
			access := Gather(view, indexOf(test.bindings...), nil)
			j := newJudge(a, view, Around{Access: access})
			pod := j.subject(&view.Groups[0])
			now := j.judge(pod, j.engine.Assess(pod))
			var best *Fix
			for _, b := range j.bindings(pod, &now) {
				after := j.without(b.ref).score(pod, 101)
				if best == nil || after < best.ScoreAfter {
					best = &Fix{Check: b.found.Check, Change: "Remove " + b.ref.String() + ".", ScoreAfter: after}
				}
			}
			if diff := cmp.Diff(test.want, best); diff != "" {
				t.Errorf("best binding (-want +got):\n%s", diff)
			}
			// A change of the pod that is as good comes first: no token, no rights.
			if got := a.Assess(view, Around{Access: access}).TopFix; got == nil || got.ScoreAfter > best.ScoreAfter {
				t.Errorf("the top fix is %+v", got)
			}
		})
	}
}

var (
	someVerbs     = rapid.SampledFrom([]string{"*", "get", "list", "create", "update", "patch", "delete", "bind", "escalate", "impersonate", "approve", "sign", "get,create"})
	someResources = rapid.SampledFrom([]string{
		"*", "pods", "pods/exec", "pods/portforward", "secrets", "serviceaccounts/token", "deployments", "nodes", "nodes/proxy", "services", "networkpolicies",
		"leases", "events", "roles", "clusterroles", "rolebindings", "clusterrolebindings", "namespaces", "configmaps", "users", "certificatesigningrequests", "*/status",
	})
	someBindings = rapid.Custom(func(t *rapid.T) string {
		text := rapid.SampledFrom([]string{"", "shop/", "kube-system/", "other/"}).Draw(t, "namespace") + "%d: "
		if rapid.IntRange(0, 5).Draw(t, "everything") == 0 {
			return text + "* *"
		}
		text += someVerbs.Draw(t, "verbs") + " " + someResources.Draw(t, "resources")
		if rapid.IntRange(0, 4).Draw(t, "named") == 0 {
			text += " named " + rapid.SampledFrom([]string{"a", "b", "cluster-admin", "shop"}).Draw(t, "name")
		}
		return text
	})
	someLevels = rapid.SampledFrom([]*snapshot.PodSecurity{
		nil, podSecurity("shop=privileged", "other=baseline", "kube-system=privileged"), podSecurity("shop=restricted", "other=restricted", "kube-system=restricted"),
	})
)

// A binding more never lowers the score, and a binding less never raises it.
func TestTheScoreFollowsTheBindings(t *testing.T) {
	a := New(posture.Settings{})
	rapid.Check(t, func(t *rapid.T) {
		x, view, levels := rbac.New(), calmView(), someLevels.Draw(t, "levels")
		scoreOf := func(access *Access) int {
			j := newJudge(a, view, Around{Access: access})
			return j.score(j.subject(&view.Groups[0]), 101)
		}
		last := scoreOf(Gather(view, x, levels))
		for i, text := range rapid.SliceOfN(someBindings, 1, 5).Draw(t, "bindings") {
			text = fmt.Sprintf(text, i)
			bind(x, text)
			access := Gather(view, x, levels)
			now := scoreOf(access)
			if now < last {
				t.Fatalf("%q lowers the score from %d to %d", text, last, now)
			}
			last = now
			j := newJudge(a, view, Around{Access: access})
			pod := j.subject(&view.Groups[0])
			verdict := j.judge(pod, j.engine.Assess(pod))
			for _, b := range j.bindings(pod, &verdict) {
				if after := scoreOf(j.without(b.ref).access); after > now {
					t.Fatalf("without %s the score rises from %d to %d", b.ref, now, after)
				}
			}
		}
	})
}

// What the assessment did not ask about does not change it.
func TestAnAssessmentRestsOnNothingThatItDidNotAsk(t *testing.T) {
	a := New(posture.Settings{})
	levels := rapid.SampledFrom([]string{"privileged", "baseline", "restricted"})
	rapid.Check(t, func(t *rapid.T) {
		x, view := rbac.New(), calmView()
		for i, text := range rapid.SliceOfN(someBindings, 1, 4).Draw(t, "bindings") {
			bind(x, fmt.Sprintf(text, i))
		}
		var before, after []string
		for _, namespace := range []string{"shop", "other", "kube-system"} {
			before = append(before, namespace+"="+levels.Draw(t, "before"))
			after = append(after, namespace+"="+levels.Draw(t, "after"))
		}
		old, fresh := podSecurity(before...), podSecurity(after...)
		first, second := a.Assess(view, Around{Access: Gather(view, x, old)}), a.Assess(view, Around{Access: Gather(view, x, fresh)})
		if slices.ContainsFunc(first.Asked, func(n string) bool { return old.Level(n) != fresh.Level(n) }) {
			return
		}
		if diff := cmp.Diff(first, second, cmpopts.IgnoreFields(Assessment{}, "Permissions")); diff != "" {
			t.Fatalf("asked %q, before %q, after %q:\n%s", first.Asked, before, after, diff)
		}
	})
}
