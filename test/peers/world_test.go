package peers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// given is what a rule of another tool warns of; it returns the names of all that Daysix finds in it.
type given func(*testing.T) []string

// nothing is for a rule about what no object shows.
func nothing(*testing.T) []string { return nil }

func both(all ...given) given {
	return func(t *testing.T) (found []string) {
		t.Helper()
		for _, g := range all {
			found = append(found, g(t)...)
		}
		return found
	}
}

// pod is a pod with some fields of its own, and of its container, in YAML.
func pod(fields, container string) given {
	return func(t *testing.T) []string {
		t.Helper()
		return assessed(t, manifest(fields, container), false)
	}
}

// mount is a pod that mounts a volume.
func mount(volume, fields, how string, container ...string) given {
	fields = join(fields, "volumes: [{name: v, "+volume+"}]")
	of := join("volumeMounts: [{"+join("name: v, mountPath: /v", how)+"}]", container...)
	return pod(fields, of)
}

// nodePort is a pod behind a Service that is open to the outside.
func nodePort() given {
	return func(t *testing.T) []string {
		t.Helper()
		return assessed(t, manifest("", ""), true)
	}
}

// rights are those of a ServiceAccount, as "[namespace: ]verbs resources[ in group][ named names]".
func rights(texts ...string) given {
	return func(t *testing.T) (found []string) {
		t.Helper()
		x, app := rbac.New(), rbac.ServiceAccount("team", "app")
		subjects := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "team", Name: "app"}}
		for i, text := range texts {
			meta := metav1.ObjectMeta{Name: fmt.Sprintf("r%d", i)}
			namespace, rule, inNamespace := strings.Cut(text, ": ")
			if !inNamespace {
				rule = text
				x.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: roleRef(meta.Name)})
			}
			x.UpsertClusterRole(&rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{ruleOf(rule)}})
			if inNamespace {
				meta.Namespace = namespace
				x.UpsertRoleBinding(&rbacv1.RoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: roleRef(meta.Name)})
			}
		}
		resolved := x.Resolve(app)
		held := resolved.Privileges(&rbac.Environment{AWS: true})
		for i := range held {
			if len(held[i].Effects) > 0 && len(held[i].Grants) > 0 {
				found = append(found, string(held[i].Privilege.ID))
			}
		}
		return found
	}
}

func roleRef(name string) rbacv1.RoleRef {
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name}
}

func ruleOf(text string) rbacv1.PolicyRule {
	text, names, named := strings.Cut(text, " named ")
	text, group, _ := strings.Cut(text, " in ")
	verbs, resources, _ := strings.Cut(text, " ")
	rule := rbacv1.PolicyRule{Verbs: strings.Split(verbs, ","), Resources: strings.Split(resources, ","), APIGroups: []string{group}}
	if named {
		rule.ResourceNames = strings.Split(names, ",")
	}
	return rule
}

// subject is a binding of a subject that is special by its row of the catalogue.
func subject(catalogue string) given {
	return func(t *testing.T) (found []string) {
		t.Helper()
		at := slices.IndexFunc(rbac.Principals(), func(p rbac.Principal) bool { return p.Catalogue == catalogue })
		name := rbac.Principals()[at].Names[0]
		kind := rbacv1.GroupKind
		if name == "system:anonymous" {
			kind = rbacv1.UserKind
		}
		x := rbac.New()
		x.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "b"}, Subjects: []rbacv1.Subject{{Kind: kind, Name: name}}, RoleRef: roleRef("view"),
		})
		for _, b := range x.SpecialBindings() {
			found = append(found, b.Principal.Catalogue)
		}
		return found
	}
}

func join(first string, more ...string) string {
	return strings.Trim(strings.Join(append([]string{first}, more...), ", "), ", ")
}

func manifest(fields, container string) string {
	return "{" + join(fields, "containers: [{"+join("name: a, image: registry.example.com/a:1", container)+"}]") + "}"
}

// assessed are the findings about a pod of a small cluster, and Exposure where it is reached from outside.
func assessed(t *testing.T, spec string, exposed bool) (found []string) {
	t.Helper()
	p := &corev1.Pod{ObjectMeta: meta("team", "web")}
	if err := yaml.UnmarshalStrict([]byte(spec), &p.Spec); err != nil {
		t.Fatalf("%v in %s", err, spec)
	}
	m := model.New()
	for _, source := range snapshot.Sources() {
		if source != snapshot.Secrets {
			m.Snapshot.SetSource(source, snapshot.Synced)
		}
	}
	for _, object := range append(surroundings(), p) {
		loader.Add(m, object)
	}
	if exposed {
		loader.Add(m, &corev1.Service{ObjectMeta: meta("team", "web"), Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort, Selector: p.Labels, Ports: []corev1.ServicePort{{Port: 80, NodePort: 30080}},
		}})
	}
	e := assess.NewEngine(m, assess.New(posture.Settings{}), nil)
	e.Observe(m.Snapshot.Workloads()...)
	e.ObserveRights()
	e.Solve()
	a := e.Assess(snapshot.Key{Kind: "Pod", Namespace: "team", Name: "web"})
	for i := range a.Findings {
		found = append(found, string(a.Findings[i].Check))
	}
	if a.Exposure.Level == netpol.LevelExternal {
		found = append(found, exposure)
	}
	return found
}

func meta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}}
}

// surroundings are a cluster with somebody to reach.
func surroundings() []any {
	aws := &corev1.Node{ObjectMeta: meta("", "aws"), Spec: corev1.NodeSpec{ProviderID: "aws:///a/i-1"}}
	plane := &corev1.Node{ObjectMeta: meta("", "control-plane")}
	plane.Labels["node-role.kubernetes.io/control-plane"] = ""
	volume := &corev1.PersistentVolume{ObjectMeta: meta("", "v"), Spec: corev1.PersistentVolumeSpec{
		PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/etc"}},
		ClaimRef:               &corev1.ObjectReference{Namespace: "team", Name: "c"},
	}}
	other := func(namespace string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: meta(namespace, "other"), Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: "b"}}}}
	}
	return []any{
		&corev1.Namespace{ObjectMeta: meta("", "team")}, &corev1.Namespace{ObjectMeta: meta("", "shop")},
		aws, plane, volume, other("team"), other("shop"),
	}
}
