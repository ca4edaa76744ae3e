package snapshot

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"
)

func enforcing(name, level string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{enforceLabel: level}}}
}

func TestLevelThatANamespaceEnforces(t *testing.T) {
	for name, test := range map[string]struct {
		labels map[string]string
		want   string
	}{
		"no labels":                       {nil, levelPrivileged},
		"a label of another mode":         {map[string]string{"pod-security.kubernetes.io/warn": "restricted"}, levelPrivileged},
		"privileged":                      {map[string]string{enforceLabel: "privileged"}, levelPrivileged},
		"baseline":                        {map[string]string{enforceLabel: "baseline"}, levelBaseline},
		"restricted":                      {map[string]string{enforceLabel: "restricted"}, levelRestricted},
		"a level that does not exist":     {map[string]string{enforceLabel: "strict"}, levelRestricted},
		"a level in capitals":             {map[string]string{enforceLabel: "Privileged"}, levelRestricted},
		"a label that is there but empty": {map[string]string{enforceLabel: ""}, levelRestricted},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop, Labels: test.labels}})
			if got := s.PodSecurity().Level(shop); got != test.want {
				t.Fatalf("level is %q, want %q", got, test.want)
			}
		})
	}
}

func TestLoosestLevelOfTheCluster(t *testing.T) {
	s := synced()
	for _, step := range []struct {
		name   string
		change func()
		want   string
	}{
		{"no namespace is known", func() {}, ""},
		{"one that is restricted", func() { upsert(s, enforcing("a", levelRestricted)) }, levelRestricted},
		{"one that is privileged", func() { upsert(s, enforcing("b", levelPrivileged)) }, levelPrivileged},
		{"it becomes baseline", func() { upsert(s, enforcing("b", levelBaseline)) }, levelBaseline},
		{"it goes", func() { s.DeleteNamespace("b") }, levelRestricted},
		{"one that is not there goes", func() { s.DeleteNamespace("b") }, levelRestricted},
		{"a pod runs where nobody tells of a namespace", func() { upsert(s, newPod("one")) }, ""},
		{"another one runs there", func() { upsert(s, newPod("two")) }, ""},
		{"one that is privileged all the same", func() { upsert(s, enforcing("b", levelPrivileged)) }, levelPrivileged},
		{"that one goes", func() { s.DeleteNamespace("b") }, ""},
		{"somebody tells of it", func() { upsert(s, enforcing(shop, levelBaseline)) }, levelBaseline},
		{"nobody tells of it any more", func() { s.DeleteNamespace(shop) }, ""},
		{"its last pods go", func() {
			s.DeletePod(types.NamespacedName{Namespace: shop, Name: "one"})
			s.DeletePod(types.NamespacedName{Namespace: shop, Name: "two"})
		}, levelRestricted},
		{"the last one goes", func() { s.DeleteNamespace("a") }, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.change()
			if got := s.PodSecurity().Level(""); got != step.want {
				t.Fatalf("loosest is %q, want %q", got, step.want)
			}
		})
	}
}

func TestTheNamespaceThatNobodyTellsOfIsNamed(t *testing.T) {
	s := synced(enforcing("a", levelRestricted))
	for _, step := range []struct {
		name   string
		change func()
		want   string
	}{
		{"all are told of", func() {}, ""},
		{"a pod in one that is not", func() { upsert(s, newPod("one")) }, shop},
		{"a pod in one before it", func() { upsert(s, podIn("bank", "one")) }, "bank"},
		{"somebody tells of that one", func() { upsert(s, enforcing("bank", levelRestricted)) }, shop},
		{"any one is privileged", func() { upsert(s, enforcing("a", levelPrivileged)) }, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			step.change()
			if got := s.PodSecurity().Untold(); got != step.want {
				t.Fatalf("untold is %q, want %q", got, step.want)
			}
		})
	}
}

// Files show some of the namespaces of a cluster: another one may admit what those refuse.
func TestTheLoosestLevelIsNotKnownFromFiles(t *testing.T) {
	for level, want := range map[string]string{levelPrivileged: levelPrivileged, levelBaseline: "", levelRestricted: ""} {
		t.Run(level, func(t *testing.T) {
			s := synced(enforcing(shop, level))
			s.SetSource(Namespaces, NotGiven)
			if got := s.PodSecurity().Level(""); got != want {
				t.Fatalf("loosest is %q, want %q", got, want)
			}
			s.SetSource(Namespaces, Synced)
			if got := s.PodSecurity().Level(""); got != level {
				t.Fatalf("loosest is %q once all are known, want %q", got, level)
			}
		})
	}
}

func podIn(namespace, name string) *corev1.Pod {
	p := newPod(name)
	p.Namespace = namespace
	return p
}

func TestLevelsStayWhatTheyWere(t *testing.T) {
	s := synced(enforcing(shop, levelBaseline))
	before := s.PodSecurity()
	upsert(s, enforcing(shop, levelPrivileged))
	upsert(s, enforcing("other", levelPrivileged))
	if before.Level(shop) != levelBaseline || before.Level("") != levelBaseline || before.Level("other") != "" {
		t.Fatalf("they became %q, loosest %q", before.Level(shop), before.Level(""))
	}
}

func TestLevelsAreUnknownWhereNamespacesCannotBeRead(t *testing.T) {
	for state, known := range map[State]bool{Synced: true, NotGiven: true, NotSynced: false, Forbidden: false, Missing: false} {
		t.Run(string(state), func(t *testing.T) {
			s := synced(enforcing(shop, levelBaseline))
			s.SetSource(Namespaces, state)
			if got := s.PodSecurity().Level(shop); (got == levelBaseline) != known || (got == "") == known {
				t.Fatalf("level is %q", got)
			}
		})
	}
}

// asking is a snapshot with bare pods, each of which has asked about some namespaces.
func asking(t *testing.T, asked map[string][]string, objects ...any) *Snapshot {
	t.Helper()
	s := synced(objects...)
	for name := range asked {
		upsert(s, newPod(name))
	}
	for name, namespaces := range asked {
		if !s.Asked(key("", "Pod", name), namespaces, s.PodSecurity()) {
			t.Fatalf("the answer to %s is stale", name)
		}
	}
	return s
}

func TestAChangeOfALevelAffectsExactlyThoseThatAsked(t *testing.T) {
	asked := map[string][]string{"one": {"a"}, "both": {"a", "b"}, "cluster": {""}, "none": nil}
	pods := func(names ...string) Affected {
		var out Affected
		for _, name := range names {
			out = append(out, key("", "Pod", name))
		}
		return out
	}
	for name, test := range map[string]struct {
		change func(*Snapshot) Affected
		want   Affected
	}{
		"the level of one":               {func(s *Snapshot) Affected { return upsert(s, enforcing("b", levelRestricted)) }, pods("both")},
		"the level of the other":         {func(s *Snapshot) Affected { return upsert(s, enforcing("a", levelRestricted)) }, pods("both", "one")},
		"the same level again":           {func(s *Snapshot) Affected { return upsert(s, enforcing("a", levelBaseline)) }, nil},
		"the loosest of the cluster":     {func(s *Snapshot) Affected { return upsert(s, enforcing("new", levelPrivileged)) }, pods("cluster")},
		"both":                           {func(s *Snapshot) Affected { return upsert(s, enforcing("b", levelPrivileged)) }, pods("both", "cluster")},
		"a namespace nobody asked about": {func(s *Snapshot) Affected { return upsert(s, enforcing("new", levelRestricted)) }, nil},
		"a namespace that goes":          {func(s *Snapshot) Affected { return s.DeleteNamespace("a") }, pods("both", "one")},
		"a question withdrawn": {func(s *Snapshot) Affected {
			s.Asked(key("", "Pod", "both"), []string{"b"}, s.PodSecurity())
			return upsert(s, enforcing("a", levelRestricted))
		}, pods("one")},
		"a workload that is gone": {func(s *Snapshot) Affected {
			s.DeletePod(types.NamespacedName{Namespace: shop, Name: "one"})
			return upsert(s, enforcing("a", levelRestricted))
		}, pods("both")},
	} {
		t.Run(name, func(t *testing.T) {
			s := asking(t, asked, enforcing("a", levelBaseline), enforcing("b", levelBaseline))
			wantDiff(t, "affected", test.want, test.change(s))
		})
	}
}

func TestNothingIsKeptOfAQuestionWhoseWorkloadIsGone(t *testing.T) {
	s := asking(t, map[string][]string{"one": {"a", ""}})
	s.DeletePod(types.NamespacedName{Namespace: shop, Name: "one"})
	if len(s.asking) > 0 {
		t.Fatalf("kept: %v", s.asking)
	}
}

func TestAnAnswerThatHasChangedMeanwhileIsStale(t *testing.T) {
	for name, test := range map[string]struct {
		namespaces []string
		meanwhile  func(*Snapshot)
		want       bool
	}{
		"nothing changed":             {[]string{"a", ""}, func(*Snapshot) {}, true},
		"the level changed":           {[]string{"a"}, func(s *Snapshot) { upsert(s, enforcing("a", levelRestricted)) }, false},
		"it went":                     {[]string{"a"}, func(s *Snapshot) { s.DeleteNamespace("a") }, false},
		"it changed and changed back": {[]string{"a"}, func(s *Snapshot) { s.DeleteNamespace("a"); upsert(s, enforcing("a", levelBaseline)) }, true},
		"another changed":             {[]string{"a"}, func(s *Snapshot) { upsert(s, enforcing("b", levelPrivileged)) }, true},
		"the loosest changed":         {[]string{""}, func(s *Snapshot) { upsert(s, enforcing("b", levelPrivileged)) }, false},
		"the loosest stayed":          {[]string{""}, func(s *Snapshot) { upsert(s, enforcing("b", levelRestricted)) }, true},
		"nothing was asked":           {nil, func(s *Snapshot) { s.DeleteNamespace("a") }, true},
		"the workload went": {[]string{"a"}, func(s *Snapshot) {
			s.DeletePod(types.NamespacedName{Namespace: shop, Name: "one"})
			s.DeleteNamespace("a")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(enforcing("a", levelBaseline), newPod("one"))
			answer := s.PodSecurity()
			test.meanwhile(s)
			if got := s.Asked(key("", "Pod", "one"), test.namespaces, answer); got != test.want {
				t.Fatalf("still true: %v", got)
			}
			if !test.want {
				// The question counts all the same: a change after this one must not be missed.
				if again := s.Asked(key("", "Pod", "one"), test.namespaces, s.PodSecurity()); !again {
					t.Error("the fresh answer is stale")
				}
			}
		})
	}
}

func TestAnAnswerThatWasUnknownIsNotStale(t *testing.T) {
	s := synced(enforcing("a", levelBaseline), newPod("one"))
	s.SetSource(Namespaces, Forbidden)
	if !s.Asked(key("", "Pod", "one"), []string{"a"}, s.PodSecurity()) {
		t.Fatal("it would be asked for ever")
	}
}

// Whoever is not reported as affected still has the right answer, after any sequence of changes.
func TestLevelsThatNobodyIsToldOfHaveNotChanged(t *testing.T) {
	spaces := rapid.SampledFrom([]string{"a", "b", "c"})
	levels := rapid.SampledFrom([]string{levelPrivileged, levelBaseline, levelRestricted, ""})
	questions := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"", "a", "b", "c"}), rapid.ID[string])
	rapid.Check(t, func(t *rapid.T) {
		s := synced(newPod("one"))
		if rapid.Bool().Draw(t, "its own namespace is told of") {
			upsert(s, enforcing(shop, levelRestricted))
		}
		one := key("", "Pod", "one")
		for range 30 {
			asked, before := questions.Draw(t, "asked"), s.PodSecurity()
			s.Asked(one, asked, before)
			namespace, level := spaces.Draw(t, "namespace"), levels.Draw(t, "level")
			pod := podIn(namespace, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "pod"))
			var affected Affected
			switch change := rapid.SampledFrom([]string{"namespace", "pod comes", "pod goes"}).Draw(t, "change"); {
			case change == "pod comes":
				affected = upsert(s, pod)
			case change == "pod goes":
				affected = s.DeletePod(types.NamespacedName{Namespace: namespace, Name: pod.Name})
			case level == "":
				affected = s.DeleteNamespace(namespace)
			default:
				affected = upsert(s, enforcing(namespace, level))
			}
			differs := false
			for _, namespace := range asked {
				differs = differs || before.enforced(namespace) != s.PodSecurity().enforced(namespace)
			}
			if told := slices.Contains(affected, one); differs != told {
				t.Fatalf("asked %q, the answer differs: %v, affected: %v", asked, differs, affected)
			}
		}
	})
}

func TestWorkloadsThatRunAsAServiceAccount(t *testing.T) {
	named := deployment("web")
	named.Spec.Template.Spec.ServiceAccountName = "web"
	elsewhere := newPod("elsewhere", runningAs("web"))
	elsewhere.Namespace = "other"
	s := synced(named, newPod("a", runningAs("web")), newPod("b"), newPod("c", runningAs("default")), elsewhere)
	for account, want := range map[string]Affected{
		"web":     {key("apps", "Deployment", "web"), key("", "Pod", "a")},
		"default": {key("", "Pod", "b"), key("", "Pod", "c")},
		"nobody":  nil,
	} {
		t.Run(account, func(t *testing.T) {
			wantDiff(t, "workloads", want, s.RunningAs(types.NamespacedName{Namespace: shop, Name: account}))
		})
	}
	wantDiff(t, "workloads of the namespace", Affected{
		key("apps", "Deployment", "web"), key("", "Pod", "a"), key("", "Pod", "b"), key("", "Pod", "c"),
	}, s.OfNamespace(shop))
	wantDiff(t, "workloads of no namespace", Affected(nil), s.OfNamespace("nowhere"))
}

func BenchmarkUpsertTenThousandNamespaces(b *testing.B) {
	objects := make([]*corev1.Namespace, 10_000)
	for i := range objects {
		objects[i] = enforcing("namespace-"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)), levelBaseline)
	}
	for b.Loop() {
		s := New()
		for _, o := range objects {
			upsert(s, o)
		}
	}
}
