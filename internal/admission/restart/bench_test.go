package restart

import (
	"fmt"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/admission"
)

// ordinary makes a template one as people write them: hardened, with probes, resources, variables, and a cache beside.
func ordinary(version int) edit {
	return func(t *corev1.PodTemplateSpec) {
		t.Labels["version"] = fmt.Sprint(version)
		hardened := &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false), RunAsNonRoot: ptr.To(true), ReadOnlyRootFilesystem: ptr.To(true),
			Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}
		probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}}}
		resources := corev1.ResourceRequirements{Requests: quantities("cpu", "100m", "memory", "64Mi"), Limits: quantities("memory", "128Mi")}
		t.Spec.Containers = []corev1.Container{
			{
				Name: "app", Image: fmt.Sprintf("registry.example.com/shop/app:%d", version), SecurityContext: hardened,
				Ports: []corev1.ContainerPort{{ContainerPort: 8080}}, LivenessProbe: probe, ReadinessProbe: probe, Resources: resources,
				Env:          []corev1.EnvVar{{Name: "A", Value: "a"}, {Name: "B", Value: "b"}, {Name: "C", Value: fmt.Sprint(version)}},
				VolumeMounts: []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}, {Name: "config", MountPath: "/etc/app"}},
			},
			{Name: "cache", Image: "registry.example.com/shop/cache:1", SecurityContext: hardened, Resources: resources},
		}
		t.Spec.Volumes = []corev1.Volume{
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: "config"},
			}}},
		}
	}
}

// fivePolicies read pods by variables, parameters and match conditions. The revision changes the text of the first.
func fivePolicies(revision int) [][]any {
	full := func(name string, variables []admissionregistrationv1.Variable, condition, expression string, params bool) []any {
		p, binding := validatingPolicy(name, expression)
		p.Spec.Variables = variables
		if condition != "" {
			p.Spec.MatchConditions = []admissionregistrationv1.MatchCondition{{Name: "condition", Expression: condition}}
		}
		if params {
			p.Spec.ParamKind = &admissionregistrationv1.ParamKind{APIVersion: "v1", Kind: "ConfigMap"}
			binding.Spec.ParamRef = &admissionregistrationv1.ParamRef{
				Name: "settings", Namespace: "policies", ParameterNotFoundAction: ptr.To(admissionregistrationv1.DenyAction),
			}
		}
		return []any{p, binding}
	}
	containers := []admissionregistrationv1.Variable{{Name: "containers", Expression: "object.spec.containers + object.spec.?initContainers.orValue([])"}}
	return [][]any{
		full("images", containers, "", fmt.Sprintf("variables.containers.all(c, c.image.startsWith(params.data.registry)) && %d >= 0", revision), true),
		full("limits", containers, "!object.metadata.namespace.startsWith('kube-')", "variables.containers.all(c, 'memory' in c.resources.limits)", false),
		full("root", containers, "object.metadata.?labels['exempt'].orValue('') != 'yes'",
			"variables.containers.all(c, c.?securityContext.readOnlyRootFilesystem.orValue(false))", false),
		full("volumes", nil, "", "object.spec.volumes.all(v, !has(v.hostPath) || v.hostPath.path in params.data.paths.split(','))", true),
		full("labels", nil, "request.userInfo.username != 'admin'", "['app', 'version'].all(l, l in object.metadata.labels)", false),
	}
}

func settled(policies [][]any) *world {
	w := newWorld()
	for _, p := range policies {
		w.add(p)
	}
	kind := schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	w.policies.SetParamKind(kind, admission.ParamStatus{State: admission.ParamsSynced, Namespaced: true})
	settings := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "policies", Name: "settings"},
		Data:       map[string]string{"registry": "registry.example.com/", "paths": "/var/log,/tmp"},
	}
	if _, err := w.policies.UpsertParam(kind, settings); err != nil {
		panic(err)
	}
	return w
}

// go test ./internal/admission/restart -run '^$' -bench Judge -cpu 1
func BenchmarkJudge(b *testing.B) {
	for _, bench := range []struct {
		name     string
		policies [][]any
		objects  []any
	}{
		{"an ordinary Deployment", nil, []any{enforcing("restricted"), web(ordinary(1))}},
		{"beside five policies", fivePolicies(0), []any{enforcing("restricted"), web(ordinary(1))}},
		{"with a sidecar that a webhook injects", nil, []any{
			enforcing("baseline"), mutatingWebhook(), deployment(ordinary(1)), replicaSet("web-1", ordinary(1)),
			edited(running(2, "apps/v1", "ReplicaSet", "web-1", ordinary(1)), func(p *corev1.Pod) {
				p.Spec.Containers = append(p.Spec.Containers, *p.Spec.Containers[1].DeepCopy())
				p.Spec.Containers[2].Name = "proxy"
			}),
		}},
		{"that is refused", nil, []any{enforcing("restricted"), web(ordinary(1), hostNetwork, hostPath)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			w := settled(bench.policies)
			w.add(bench.objects...)
			rules := w.rules()
			view, _ := w.snapshot.View(w.snapshot.Workloads()[0])
			b.ReportAllocs()
			for b.Loop() {
				Judge(rules, &view)
			}
		})
	}
}

// One policy of five changes, and the 6,000 pods of 1,500 workloads are judged anew, views included.
func BenchmarkPolicyChange(b *testing.B) {
	const workloads, pods = 1500, 4
	w := settled(fivePolicies(0))
	w.add(enforcing("restricted"))
	for i := range workloads {
		name := fmt.Sprintf("web-%04d", i)
		d := deployment(ordinary(i))
		d.Name, d.UID = name, "d"
		set := replicaSet(name+"-1", ordinary(i))
		set.OwnerReferences = ownedBy("apps/v1", "Deployment", name)
		w.add(d, set)
		for j, p := range running(1, "apps/v1", "ReplicaSet", name+"-1", ordinary(i)) {
			for k := range pods {
				p.Name = fmt.Sprintf("%s-1-%d%d", name, j, k)
				w.add(p)
			}
		}
	}
	rules, keys := w.rules(), w.snapshot.Workloads()
	denied := func() (n int) {
		for _, key := range keys {
			view, _ := w.snapshot.View(key)
			if Judge(rules, &view).Verdict != Admitted {
				n += view.Running
			}
		}
		return n
	}
	if len(keys) != workloads || denied() > 0 {
		b.Fatalf("%d workloads, %d pods are refused", len(keys), denied())
	}
	revision := 0
	b.ReportAllocs()
	for b.Loop() {
		revision++
		w.add(fivePolicies(revision)[0])
		if n := denied(); n > 0 {
			b.Fatalf("%d pods are refused", n)
		}
	}
}
