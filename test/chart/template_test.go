package chart

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	psaapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/config"
)

// everything switches on whatever the chart can do.
var everything = []string{
	"replicas=3", "dryRun.enabled=true", "secretMetadata.enabled=true", "prometheus.monitor.enabled=true",
	`prometheus.monitor.labels={"release": "prometheus"}`, `priorityClassName="system-cluster-critical"`,
	`imagePullSecrets=[{"name": "registry"}]`, `tolerations=[{"key": "infra", "operator": "Exists"}]`, `podLabels={"team": "sre"}`,
	`podAnnotations={"example.com/a": "b"}`, `extraArgs=["--zap-log-level=debug"]`, `affinity={"nodeAffinity": {}}`,
	`configuration={"systemNamespaces": ["kube-system", "storage"], "metrics": {"maxWorkloadSeries": 10, "maxNamespaceSeries": 20}}`,
}

const managerID = "Deployment daysix-system daysix-controller-manager"

func TestLintFindsNothing(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{"defaults": nil, "everything": everything} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"lint", "--strict", shipped(t)}
			for _, value := range values {
				args = append(args, "--set-json", value)
			}
			if _, err := tool(t, "helm", args...); err != nil {
				t.Error(err)
			}
		})
	}
}

// as decodes an object into its type, strictly.
func as[T any](t *testing.T, o *unstructured.Unstructured) *T {
	t.Helper()
	if o == nil {
		t.Fatal("the object is not there")
	}
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, typed, true); err != nil {
		t.Fatalf("%s: %v", id(o), err)
	}
	return typed
}

// rendered is what the chart renders, taken apart.
type rendered struct {
	all           map[string]*unstructured.Unstructured
	deployment    *appsv1.Deployment
	pod           *corev1.PodSpec
	manager       *corev1.Container
	configuration string
}

func render(t *testing.T, values ...string) *rendered {
	t.Helper()
	r := &rendered{all: byID(t, template(t, values...))}
	r.deployment = as[appsv1.Deployment](t, r.all[managerID])
	r.pod = &r.deployment.Spec.Template.Spec
	r.manager = &r.pod.Containers[0]
	r.configuration = as[corev1.ConfigMap](t, r.all["ConfigMap daysix-system daysix-audit-configuration"]).Data["config.yaml"]
	if _, err := config.Decode([]byte(r.configuration), "config.yaml"); err != nil {
		t.Errorf("the manager refuses the configuration: %v", err)
	}
	return r
}

func TestEachValueShowsInWhatIsRendered(t *testing.T) {
	t.Parallel()
	there := func(id string) func(*rendered) any { return func(r *rendered) any { return r.all[id] != nil } }
	arguments := func(r *rendered) any { return r.manager.Args }
	image := func(r *rendered) any { return r.manager.Image }
	spread := func(r *rendered) any { return len(r.pod.TopologySpreadConstraints) }
	configuration := func(r *rendered) any { return strings.Split(strings.TrimSpace(r.configuration), "\n") }
	digest := "sha256:" + strings.Repeat("0a", 32)
	const budget = "PodDisruptionBudget daysix-system daysix-controller-manager"
	for name, c := range map[string]struct {
		values []string
		get    func(*rendered) any
		want   any
	}{
		"one replica has no budget":   {nil, there(budget), false},
		"two replicas have one":       {[]string{"replicas=2"}, there(budget), true},
		"two replicas may go without": {[]string{"replicas=2", "podDisruptionBudget.enabled=false"}, there(budget), false},
		"two replicas are spread":     {[]string{"replicas=2"}, spread, 2},
		"one replica is not":          {nil, spread, 0},
		"own constraints take the place of both": {
			[]string{"replicas=2", `topologySpreadConstraints=[{"topologyKey": "rack", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}]`},
			func(r *rendered) any { return r.pod.TopologySpreadConstraints[0].TopologyKey }, "rack",
		},
		"replicas": {[]string{"replicas=3"}, func(r *rendered) any { return *r.deployment.Spec.Replicas }, int32(3)},
		"resources": {[]string{`resources.limits.memory="1Gi"`}, func(r *rendered) any {
			return r.manager.Resources.Limits.Memory().String()
		}, "1Gi"},
		"priority class": {[]string{`priorityClassName="high"`}, func(r *rendered) any { return r.pod.PriorityClassName }, "high"},
		"node selector":  {[]string{`nodeSelector={"disk": "ssd", "kubernetes.io/os": null}`}, func(r *rendered) any { return r.pod.NodeSelector }, map[string]string{"disk": "ssd"}},
		"tolerations":    {[]string{`tolerations=[{"key": "infra", "operator": "Exists"}]`}, func(r *rendered) any { return r.pod.Tolerations[0].Key }, "infra"},
		"affinity": {
			[]string{`affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}`},
			func(r *rendered) any { return r.pod.Affinity.NodeAffinity != nil }, true,
		},
		"pull secrets": {[]string{`imagePullSecrets=[{"name": "registry"}]`}, func(r *rendered) any { return r.pod.ImagePullSecrets[0].Name }, "registry"},
		"tag":          {[]string{`image.tag="v9"`}, image, "ghcr.io/daysix/daysix:v9"},
		"digest":       {[]string{`image.tag="v9"`, `image.digest="` + digest + `"`}, image, "ghcr.io/daysix/daysix@" + digest},
		"repository": {[]string{`image.repository="r:5000/d"`}, func(r *rendered) any {
			return strings.HasPrefix(r.manager.Image, "r:5000/d:v")
		}, true},
		"pull policy": {[]string{`image.pullPolicy="Always"`}, func(r *rendered) any { return r.manager.ImagePullPolicy }, corev1.PullAlways},
		"pod labels do not change what is selected by": {
			[]string{`podLabels={"team": "sre", "control-plane": "mine"}`},
			func(r *rendered) any { return r.deployment.Spec.Template.Labels },
			map[string]string{"team": "sre", "control-plane": "controller-manager", "app.kubernetes.io/name": "daysix"},
		},
		"pod annotations": {[]string{`podAnnotations={"a": "b"}`}, func(r *rendered) any { return r.deployment.Spec.Template.Annotations["a"] }, "b"},
		"requests to the API server and further arguments": {
			[]string{"kubeAPI.qps=12.5", "kubeAPI.burst=50", `extraArgs=["--concurrency=4"]`},
			arguments,
			[]string{
				"--leader-elect", "--config=/etc/daysix/config.yaml", "--health-probe-bind-address=:8081", "--metrics-bind-address=:8443",
				"--kube-api-qps=12.5", "--kube-api-burst=50", "--concurrency=4",
			},
		},
		"without metrics nothing is served": {
			[]string{"metrics.enabled=false"},
			arguments,
			[]string{"--leader-elect", "--config=/etc/daysix/config.yaml", "--health-probe-bind-address=:8081", "--kube-api-qps=200", "--kube-api-burst=400"},
		},
		"without metrics nobody is asked about": {[]string{"metrics.enabled=false"}, there("ClusterRole daysix-metrics-auth-role"), false},
		"without a network policy":              {[]string{"networkPolicy.enabled=false"}, there("NetworkPolicy daysix-system daysix-controller-manager"), false},
		"without definitions":                   {[]string{"crds.enabled=false"}, there("CustomResourceDefinition podsecurityreports.daysix.dev"), false},
		"monitor":                               {[]string{"prometheus.monitor.enabled=true"}, there("ServiceMonitor daysix-system daysix-controller-manager"), true},
		"no monitor by default":                 {nil, there("ServiceMonitor daysix-system daysix-controller-manager"), false},
		"no dry-run by default": {
			nil, configuration,
			[]string{"apiVersion: daysix.dev/v1alpha1", "dryRun:", "  enabled: false", "  requestsPerSecond: 10", "excludedNamespaces: []", "kind: AuditConfiguration", "secretMetadata: false"},
		},
		"configuration": {
			[]string{`configuration={"excludedNamespaces": ["sandbox"], "podSecurity": {"defaults": {"enforce": "baseline"}}}`, "dryRun.enabled=true", "dryRun.requestsPerSecond=3", "secretMetadata.enabled=true"},
			configuration,
			[]string{"apiVersion: daysix.dev/v1alpha1", "dryRun:", "  enabled: true", "  requestsPerSecond: 3", "excludedNamespaces:", "- sandbox", "kind: AuditConfiguration", "podSecurity:", "  defaults:", "    enforce: baseline", "secretMetadata: true"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, c.get(render(t, c.values...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsReadAtTheStartRestartsThePod(t *testing.T) {
	t.Parallel()
	pod := func(values ...string) corev1.PodTemplateSpec {
		return render(t, values...).deployment.Spec.Template
	}
	defaults := pod()
	if diff := cmp.Diff(defaults, pod(`configuration.excludedNamespaces=["a"]`)); diff != "" {
		t.Errorf("what the manager reloads restarts it (-before +after):\n%s", diff)
	}
	for _, value := range []string{
		"dryRun.enabled=true", "dryRun.requestsPerSecond=1", "secretMetadata.enabled=true",
		`configuration.customResources=[{"apiGroup": "a.example", "resource": "bs", "field": "spec"}]`,
	} {
		if cmp.Equal(defaults, pod(value)) {
			t.Errorf("%s does not restart the manager", value)
		}
	}
}

func TestDefaultsMeetRestrictedPodSecurity(t *testing.T) {
	t.Parallel()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string][]string{"defaults": nil, "everything": everything} {
		pod := render(t, values...).deployment.Spec.Template
		for _, version := range []psaapi.Version{psaapi.LatestVersion(), psaapi.MajorMinorVersion(1, 34)} {
			results := evaluator.EvaluatePod(psaapi.LevelVersion{Level: psaapi.LevelRestricted, Version: version}, &pod.ObjectMeta, &pod.Spec)
			if result := policy.AggregateCheckResults(results); !result.Allowed {
				t.Errorf("%s, restricted:%s: %s", name, version, result.ForbiddenDetail())
			}
		}
	}
}

func TestNoRightOnSecretsByDefault(t *testing.T) {
	t.Parallel()
	secrets := func(values ...string) []string {
		var granting []string
		for _, o := range template(t, values...) {
			if o.GetKind() != "ClusterRole" && o.GetKind() != "Role" {
				continue
			}
			for _, rule := range as[rbacv1.ClusterRole](t, &o).Rules {
				if slices.ContainsFunc(rule.Resources, func(r string) bool { return r == "*" || strings.HasPrefix(r, "secrets") }) {
					granting = append(granting, o.GetName())
				}
			}
		}
		return granting
	}
	if got := secrets(); got != nil {
		t.Errorf("Secrets may be read by %v", got)
	}
	if diff := cmp.Diff([]string{"daysix-secret-metadata-role"}, secrets("secretMetadata.enabled=true")); diff != "" {
		t.Errorf("with secretMetadata (-want +got):\n%s", diff)
	}
}

func TestTheChartIsWhatKustomizeInstalls(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "config")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(repository(t), "config"))); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(folder, "default", "kustomization.yaml"), "  # - ../components/secret-metadata\n", "  - ../components/secret-metadata\n")
	for name, c := range map[string]struct {
		folder string
		values []string
	}{
		"defaults":        {filepath.Join(repository(t), "config", "default"), nil},
		"dry-run":         {filepath.Join(repository(t), "config", "dry-run"), []string{"dryRun.enabled=true"}},
		"secret metadata": {filepath.Join(folder, "default"), []string{"secretMetadata.enabled=true"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := byID(t, kustomized(t, c.folder)), byID(t, template(t, c.values...))
			delete(want, "Namespace  daysix-system")
			if diff := cmp.Diff(ids(want), ids(got)); diff != "" {
				t.Fatalf("objects (-kustomize +chart):\n%s", diff)
			}
			for id := range want {
				if diff := cmp.Diff(essence(t, want[id]), essence(t, got[id])); diff != "" {
					t.Errorf("%s (-kustomize +chart):\n%s", id, diff)
				}
			}
		})
	}
}

// essence is an object without labels, annotations and what the chart makes of values that kustomize does not have. Other tests
// see to the configuration, and to it that the limits of requests are the manager's own.
func essence(t *testing.T, o *unstructured.Unstructured) any {
	t.Helper()
	o.SetLabels(nil)
	o.SetAnnotations(nil)
	switch o.GetKind() {
	case "ConfigMap":
		delete(o.Object, "data")
	case "Deployment":
		deployment := as[appsv1.Deployment](t, o)
		deployment.Spec.Template.Annotations = nil
		manager := &deployment.Spec.Template.Spec.Containers[0]
		manager.Args = slices.DeleteFunc(manager.Args, func(arg string) bool { return strings.HasPrefix(arg, "--kube-api-") })
		return deployment
	}
	return o.Object
}

func TestTheDefaultsOfFlagsAreTheManagers(t *testing.T) {
	t.Parallel()
	help := exec.CommandContext(t.Context(), "go", "run", "./cmd/manager", "--help")
	help.Dir = repository(t)
	output, err := help.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	var values struct {
		KubeAPI map[string]float64 `json:"kubeAPI"`
	}
	text, err := tool(t, "helm", "show", "values", shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	for name, value := range values.KubeAPI {
		flag := regexp.MustCompile(`-kube-api-` + name + ` \w+\n.*\(default ` + fmt.Sprint(value) + `\)`)
		if !flag.Match(output) {
			t.Errorf("kubeAPI.%s is %v, and the manager says:\n%s", name, value, output)
		}
	}
}

func TestWrongValuesAreRefusedByNameAndValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, want string }{
		{"replicas=-1", "at '/replicas': minimum: got -1, want 0"},
		{`replicas="two"`, "at '/replicas': got string, want integer"},
		{"replica=2", "additional properties 'replica' not allowed"},
		{`resources.limit={"cpu": 1}`, "at '/resources': additional properties 'limit' not allowed"},
		{`configuration.excludedNamespace=["a"]`, "at '/configuration': additional properties 'excludedNamespace' not allowed"},
		{`configuration.excludedNamespaces="a"`, "at '/configuration/excludedNamespaces': got string, want array"},
		{"configuration.dryRun={}", "at '/configuration': additional properties 'dryRun' not allowed"},
		{"configuration.secretMetadata=true", "at '/configuration': additional properties 'secretMetadata' not allowed"},
		{`dryRun.enabled="yes"`, "at '/dryRun/enabled': got string, want boolean"},
		{"dryRun.requestsPerSecond=1000", "at '/dryRun/requestsPerSecond': maximum: got 1,000, want 100"},
		{`image.digest="latest"`, "at '/image/digest': 'latest' does not match pattern"},
		{`image.pullPolicy="Sometimes"`, "at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'"},
		{`extraArgs=["zap-log-level=debug"]`, "at '/extraArgs/0': 'zap-log-level=debug' does not match pattern '^--'"},
		{"kubeAPI.burst=0", "at '/kubeAPI/burst': minimum: got 0, want 1"},
		{"networkPolicy.apiServerPorts=[]", "at '/networkPolicy/apiServerPorts': minItems: got 0, want 1"},
		{`tolerations=[{"keys": "a"}]`, "at '/tolerations/0': additional properties 'keys' not allowed"},
	} {
		if _, err := tool(t, "helm", "template", release, shipped(t), "--set-json", c.value); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.value, err, c.want)
		}
	}
}

// What the schema lets through and the manager refuses ends in a pod that does not start; the other way round a valid
// configuration cannot be installed.
func TestTheSchemaBoundsTheConfigurationAsTheManagerDoes(t *testing.T) {
	t.Parallel()
	series, levels, names := []string{"-1", "0", "10000", "10001"}, []string{"1", `"baseline"`, `"base"`}, []string{`[]`, `["a"]`, `["a", "a"]`, "true"}
	for field, values := range map[string][]string{
		`{"metrics": {"maxWorkloadSeries": %s, "maxNamespaceSeries": 1}}`: series,
		`{"metrics": {"maxWorkloadSeries": 1, "maxNamespaceSeries": %s}}`: series,
		`{"podSecurity": {"defaults": {"enforce": %s}}}`:                  levels,
		`{"podSecurity": {"defaults": {"warn": %s}}}`:                     levels,
		`{"systemNamespaces": %s}`:                                        names,
		`{"podSecurity": {"exemptions": {"usernames": %s}}}`:              names,
	} {
		for _, value := range values {
			given := fmt.Sprintf(field, value)
			_, refused := tool(t, "helm", "template", release, shipped(t), "--set-json", "configuration="+given)
			text := strings.Replace(given, "{", `{"apiVersion": "daysix.dev/v1alpha1", "kind": "AuditConfiguration", `, 1)
			if !json.Valid([]byte(text)) {
				t.Fatalf("%s is no JSON", text)
			}
			_, wrong := config.Decode([]byte(text), "config.yaml")
			if (refused == nil) != (wrong == nil) {
				t.Errorf("%s: the schema says %v, the manager %v", given, refused, wrong)
			}
		}
	}
}
