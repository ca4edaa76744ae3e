package posture

import (
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestNewPodListsContainersOfAllKinds(t *testing.T) {
	spec := &corev1.PodSpec{
		Containers: []corev1.Container{{Name: "a"}, {Name: "b"}},
		InitContainers: []corev1.Container{
			{Name: "setup"},
			{Name: "proxy", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
			{Name: "retry", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyOnFailure)},
		},
		EphemeralContainers: []corev1.EphemeralContainer{{
			EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"},
		}},
	}
	type entry struct {
		Name, Path string
		Kind       Kind
	}
	var got []entry
	p := NewPod(spec, Facts{})
	for i := range p.Containers {
		got = append(got, entry{p.Containers[i].Name, p.Containers[i].Path("image"), p.Containers[i].Kind})
	}
	want := []entry{
		{"a", "spec.containers[0].image", Regular},
		{"b", "spec.containers[1].image", Regular},
		{"setup", "spec.initContainers[0].image", Init},
		{"proxy", "spec.initContainers[1].image", Sidecar},
		{"retry", "spec.initContainers[2].image", Init},
		{"debug", "spec.ephemeralContainers[0].image", Ephemeral},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("containers differ (-want +got):\n%s", diff)
	}
	if p.Containers[2].Container != &spec.InitContainers[0] {
		t.Error("the containers are copied, not shared")
	}
}

// The rule of section 0.5 of the catalogue: status, then container, then pod, then the image.
func TestUserIsTheStrongestStatement(t *testing.T) {
	uid := func(id int64) *int64 { return &id }
	for name, test := range map[string]struct {
		pod       *corev1.PodSecurityContext
		container *corev1.SecurityContext
		observed  map[string]int64
		want      User
	}{
		"nothing is said: the image decides, root is assumed": {want: User{Root: true, Source: UserAssumed}},
		"the pod says": {
			pod: &corev1.PodSecurityContext{RunAsUser: uid(1000)}, want: User{Source: UserDeclared, UID: 1000},
		},
		"the container beats the pod": {
			pod: &corev1.PodSecurityContext{RunAsUser: uid(1000)}, container: &corev1.SecurityContext{RunAsUser: uid(0)},
			want: User{Root: true, Source: UserDeclared},
		},
		"the pod's root is not the container's": {
			pod: &corev1.PodSecurityContext{RunAsUser: uid(0)}, container: &corev1.SecurityContext{RunAsUser: uid(1000)},
			want: User{Source: UserDeclared, UID: 1000},
		},
		"the status beats both": {
			pod: &corev1.PodSecurityContext{RunAsUser: uid(1000)}, container: &corev1.SecurityContext{RunAsUser: uid(1001)},
			observed: map[string]int64{"app": 0}, want: User{Root: true, Source: UserObserved},
		},
		"the status acquits an image that is assumed to be root": {
			observed: map[string]int64{"app": 65532}, want: User{Source: UserObserved, UID: 65532},
		},
		"the status of another container says nothing": {
			observed: map[string]int64{"other": 65532}, want: User{Root: true, Source: UserAssumed},
		},
		"runAsNonRoot is some user that is not root": {
			pod: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true)}, want: User{Source: UserNonRoot},
		},
		"runAsNonRoot of the container beats the pod's": {
			pod: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true)}, container: &corev1.SecurityContext{RunAsNonRoot: ptr.To(false)},
			want: User{Root: true, Source: UserAssumed},
		},
		"a UID says more than runAsNonRoot": {
			pod: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true)}, container: &corev1.SecurityContext{RunAsUser: uid(1000)},
			want: User{Source: UserDeclared, UID: 1000},
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &corev1.PodSpec{SecurityContext: test.pod, Containers: one(test.container)}
			got := NewPod(spec, Facts{Users: test.observed}).Containers[0].User
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("user differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnobservedForgetsWhatWasSeenOfThePod(t *testing.T) {
	facts := Facts{
		Namespace: "shop", Users: map[string]int64{"app": 0}, Placement: Placement{ControlPlane: true, CloudProvider: "aws"},
	}
	want := Facts{Namespace: "shop", Placement: Placement{CloudProvider: "aws"}}
	if diff := gocmp.Diff(want, facts.Unobserved()); diff != "" {
		t.Errorf("facts differ (-want +got):\n%s", diff)
	}
	if facts.Users == nil || !facts.Placement.ControlPlane {
		t.Error("the facts themselves are changed")
	}
}

func TestNoNewPrivilegesFollowsTheAPI(t *testing.T) {
	for name, test := range map[string]struct {
		sc   *corev1.SecurityContext
		want bool
	}{
		"no security context":     {nil, false},
		"unset allows escalation": {&corev1.SecurityContext{}, false},
		"true allows escalation":  {&corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(true)}, false},
		"false forbids it":        {&corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false)}, true},
		"false and explicitly ordinary": {
			&corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false), Privileged: ptr.To(false)}, true,
		},
		"privileged overrides it": {
			&corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false), Privileged: ptr.To(true)}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := NewPod(&corev1.PodSpec{Containers: one(test.sc)}, Facts{}).Containers[0].NoNewPrivileges; got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestNewPodReadsUserNamespaceAndSystem(t *testing.T) {
	for name, test := range map[string]struct {
		spec               corev1.PodSpec
		namespace, windows bool
	}{
		"unset is the node's user namespace, on Linux": {},
		"hostUsers: true is the node's":                {spec: corev1.PodSpec{HostUsers: ptr.To(true)}},
		"hostUsers: false is its own":                  {spec: corev1.PodSpec{HostUsers: ptr.To(false)}, namespace: true},
		"Linux by name":                                {spec: corev1.PodSpec{OS: &corev1.PodOS{Name: corev1.Linux}}},
		"Windows by name":                              {spec: corev1.PodSpec{OS: windows()}, windows: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := NewPod(&test.spec, Facts{})
			if p.UserNamespace != test.namespace || p.Windows != test.windows {
				t.Errorf("got user namespace %v, Windows %v", p.UserNamespace, p.Windows)
			}
		})
	}
}

// Fields that are there and empty are the ones that a check forgets.
func TestEmptyPodIsJudged(t *testing.T) {
	for name, spec := range map[string]*corev1.PodSpec{
		"no container": {},
		"containers without a field": {
			Containers: one(nil), InitContainers: one(nil), EphemeralContainers: make([]corev1.EphemeralContainer, 1),
		},
		"empty structures": {
			SecurityContext: &corev1.PodSecurityContext{}, Affinity: &corev1.Affinity{}, Volumes: make([]corev1.Volume, 1),
			Containers: []corev1.Container{{
				SecurityContext: &corev1.SecurityContext{Capabilities: &corev1.Capabilities{}, SELinuxOptions: &corev1.SELinuxOptions{}},
				LivenessProbe:   &corev1.Probe{}, Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{}},
				VolumeMounts: make([]corev1.VolumeMount, 1), VolumeDevices: make([]corev1.VolumeDevice, 1),
				Ports: make([]corev1.ContainerPort, 1),
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			engine := NewEngine()
			for _, f := range engine.Assess(NewPod(spec, Facts{})) {
				if f.Field == "" || f.Message == "" || f.Remediation == "" {
					t.Errorf("%s is incomplete: %+v", f.Check, f)
				}
			}
			for _, check := range engine.Checks() {
				if check.Fix != nil {
					check.Fix(spec.DeepCopy())
				}
			}
		})
	}
}

// FuzzAssess feeds manifests to the engine: one that decodes is judged, whatever stands in it, and judged the same twice.
func FuzzAssess(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, seed := range seeds {
		f.Add(readFile(f, seed))
	}
	engine := NewEngine()
	f.Fuzz(func(t *testing.T, manifest []byte) {
		spec, facts, err := decodePod(manifest)
		if err != nil {
			return
		}
		before := spec.DeepCopy()
		found := engine.Assess(NewPod(spec, facts))
		if diff := gocmp.Diff(render(found), render(engine.Assess(NewPod(spec, facts)))); diff != "" {
			t.Errorf("two runs differ (-first +second):\n%s", diff)
		}
		if diff := gocmp.Diff(before, spec); diff != "" {
			t.Errorf("a check changed the pod (-before +after):\n%s", diff)
		}
		for _, f := range found {
			if f.Check == "" || f.Field == "" || f.Message == "" || f.Remediation == "" {
				t.Errorf("incomplete finding: %+v", f)
			}
		}
		for _, check := range engine.Checks() {
			if check.Fix != nil {
				check.Fix(spec.DeepCopy())
			}
		}
	})
}
