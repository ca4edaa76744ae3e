package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/testing/growth"
)

const (
	namespace = "team"
	account   = "app"
)

// longName is as long as the name of an object can be.
var longName = strings.Repeat("a.", 126) + "a"

// largeCluster is a pod, and what stands around it, with n of something.
type largeCluster struct {
	name string
	make func(n int) (pod *corev1.Pod, around []any)
	// cut says that the report cannot hold all and has to say so.
	cut bool
}

func largeClusters() []largeCluster {
	alone := func(change func(p *corev1.Pod, n int)) func(n int) (*corev1.Pod, []any) {
		return func(n int) (*corev1.Pod, []any) {
			p := pod()
			change(p, n)
			return p, nil
		}
	}
	return []largeCluster{
		{"containers", alone(func(p *corev1.Pod, n int) {
			for i := range n {
				p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: fmt.Sprintf("%063d", i), Image: "app"})
			}
		}), true},
		{"variables", alone(func(p *corev1.Pod, n int) {
			for i := range n {
				p.Spec.Containers[0].Env = append(p.Spec.Containers[0].Env, corev1.EnvVar{Name: fmt.Sprintf("DB_%d_PASSWORD", i), Value: "x\u202e\x00"})
			}
		}), true},
		{"hosts in variables", alone(func(p *corev1.Pod, n int) {
			for i := range n {
				p.Spec.Containers[0].Env = append(p.Spec.Containers[0].Env,
					corev1.EnvVar{Name: fmt.Sprintf("V%d_URL", i), Value: fmt.Sprintf("postgres://u:p@db-%d.example.com:5432/x", i)})
			}
		}), true},
		{"paths of the node", alone(func(p *corev1.Pod, n int) {
			for i := range n {
				volume := fmt.Sprintf("v%d", i)
				p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{
					HostPath: &corev1.HostPathVolumeSource{Path: "/<&>\u2028" + strings.Repeat("界", 100) + volume},
				}})
				p.Spec.Containers[0].VolumeMounts = append(p.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: "/" + volume})
			}
		}), true},
		{"Secrets", alone(func(p *corev1.Pod, n int) {
			for i := range n {
				p.Spec.Containers[0].EnvFrom = append(p.Spec.Containers[0].EnvFrom, corev1.EnvFromSource{
					SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: fmt.Sprintf("s%d-%s", i, longName)[:253]}},
				})
			}
		}), true},
		{"annotations", alone(func(p *corev1.Pod, n int) {
			p.Annotations = map[string]string{}
			for i := range n {
				p.Annotations[fmt.Sprintf("example.com/a-%d", i)] = strings.Repeat("ä\x1b[31m\u202e", 20)
			}
		}), false},
		{"rules of a ClusterRole", func(n int) (*corev1.Pod, []any) {
			role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: longName}}
			for i := range n {
				role.Rules = append(role.Rules, rbacv1.PolicyRule{
					APIGroups: []string{"", fmt.Sprintf("group-%d", i)}, Resources: []string{"secrets", "pods", "nodes/proxy"}, Verbs: []string{"*"},
				})
			}
			return pod(), []any{role, &rbacv1.ClusterRoleBinding{
				ObjectMeta: metav1.ObjectMeta{Name: longName}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: longName}, Subjects: subjects(),
			}}
		}, true},
		{"RoleBindings", func(n int) (*corev1.Pod, []any) {
			around := []any{&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "edit"}, Rules: []rbacv1.PolicyRule{
				{APIGroups: []string{""}, Resources: []string{"secrets", "pods"}, Verbs: []string{"*"}},
			}}}
			for i := range n {
				around = append(around, &rbacv1.RoleBinding{
					ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprintf("team-%d", i), Name: "b"},
					RoleRef:    rbacv1.RoleRef{Kind: "ClusterRole", Name: "edit"}, Subjects: subjects(),
				})
			}
			return pod(), around
		}, false},
	}
}

func pod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: longName},
		Spec:       corev1.PodSpec{ServiceAccountName: account, Containers: []corev1.Container{{Name: "app", Image: "app"}}},
	}
}

func subjects() []rbacv1.Subject {
	return []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: account}}
}

// reportOn takes everything in, as the controller does, and writes the report on the pod.
func (l *largeCluster) reportOn(n int) func() *daysixv1alpha1.PodSecurityReport {
	given, around := l.make(n)
	return func() *daysixv1alpha1.PodSecurityReport {
		m := model.New()
		for _, source := range snapshot.Sources() {
			m.Snapshot.SetSource(source, snapshot.Synced)
		}
		loader.Add(m, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
		for _, object := range around {
			loader.Add(m, object)
		}
		loader.Add(m, given.DeepCopy())
		engine := assess.NewEngine(m, assess.New(posture.Settings{}), nil)
		engine.Observe(m.Snapshot.Workloads()...)
		engine.ObserveRights()
		engine.Solve()
		return report.Build(engine.Assess(snapshot.Key{Kind: "Pod", Namespace: namespace, Name: longName}))
	}
}

func (l *largeCluster) work(n int) func() {
	do := l.reportOn(n)
	return func() { do() }
}

// The whole way from the objects to the report.
func TestWorkOnAReportGrowsNoFasterThanWhatItIsAbout(t *testing.T) {
	for _, large := range largeClusters() {
		t.Run(large.name, func(t *testing.T) { growth.Linear(t, 150, large.work) })
	}
}

func TestTheReportOnTheLargestObjectsIsSmallAndSaysWhatItLeavesOut(t *testing.T) {
	for _, large := range largeClusters() {
		t.Run(large.name, func(t *testing.T) {
			r := large.reportOn(2_500)()
			encoded, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if len(encoded) > report.MaxBytes {
				t.Errorf("the report has %d bytes", len(encoded))
			}
			if said := r.Status.FindingsTruncated > 0; said != large.cut {
				t.Errorf("%d findings, and %d are said to be left out", len(r.Status.Findings), r.Status.FindingsTruncated)
			}
			if len(r.Status.Findings) == 0 || r.Status.Score == 0 {
				t.Errorf("the report says nothing: score %d", r.Status.Score)
			}
		})
	}
}

func BenchmarkLargestObjects(b *testing.B) {
	for _, large := range largeClusters() {
		b.Run(large.name, func(b *testing.B) { growth.Benchmark(b, 2_500, large.work) })
	}
}
