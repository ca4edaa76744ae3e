package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/finding"
)

func TestHostPathDependsOnTheMount(t *testing.T) {
	const at = "spec.volumes[0].hostPath.path"
	for name, test := range map[string]struct {
		path   string
		change func(*corev1.PodSpec)
		facts  Facts
		want   []string
	}{
		"a writable mount is certain for root": {
			path: "/etc", want: []string{"High HostPathSystem NodeRoot " + at + "=/etc (app)"},
		},
		"each mount of a container is a finding": {
			path: "/data",
			change: func(s *corev1.PodSpec) {
				s.Containers[0].VolumeMounts = append(s.Containers[0].VolumeMounts,
					corev1.VolumeMount{Name: "node", MountPath: "/again", ReadOnly: true})
			},
			want: []string{
				"Low HostPathData ForeignData " + at + "=/data (app)",
				"Minimal HostPathData Contained " + at + "=/data (app)",
			},
		},
		"a container of every kind counts": {
			path: "/etc",
			change: func(s *corev1.PodSpec) {
				mounts := s.Containers[0].VolumeMounts
				s.Containers[0].VolumeMounts = nil
				s.InitContainers = []corev1.Container{{Name: "setup", VolumeMounts: mounts}}
				s.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{
					Name: "debug", VolumeMounts: mounts,
				}}}
			},
			want: []string{
				"High HostPathSystem NodeRoot " + at + "=/etc (debug)",
				"High HostPathSystem NodeRoot " + at + "=/etc (setup)",
			},
		},
		"a subPath narrows the volume": {
			path:   "/",
			change: func(s *corev1.PodSpec) { s.Containers[0].VolumeMounts[0].SubPath = "data" },
			want:   []string{"Low HostPathData ForeignData " + at + "=/ (app)"},
		},
		"a subPathExpr is unknown, so the whole volume counts": {
			path:   "/",
			change: func(s *corev1.PodSpec) { s.Containers[0].VolumeMounts[0].SubPathExpr = "$(POD_NAME)" },
			want:   []string{"High HostPathRoot NodeRoot " + at + "=/ (app)"},
		},
		"another user is conditional": {
			path: "/etc",
			change: func(s *corev1.PodSpec) {
				s.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1000)}
			},
			want: []string{"Medium HostPathSystem NodeRoot " + at + "=/etc (app) if: " + conditionNotRoot},
		},
		"escalation that is off does not make it safe": {
			path: "/run",
			change: func(s *corev1.PodSpec) {
				s.Containers[0].SecurityContext = &corev1.SecurityContext{
					RunAsUser: ptr.To[int64](1000), AllowPrivilegeEscalation: ptr.To(false),
				}
			},
			want: []string{"Medium HostPathRuntimeSocket NodeRoot " + at + "=/run (app) if: " + conditionNotRoot},
		},
		"the observed user counts": {
			path: "/etc",
			change: func(s *corev1.PodSpec) {
				s.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1000)}
			},
			facts: Facts{Users: map[string]int64{"app": 0}},
			want:  []string{"High HostPathSystem NodeRoot " + at + "=/etc (app)"},
		},
		"a user namespace changes nothing, for mounts have mapped IDs": {
			path:   "/etc",
			change: func(s *corev1.PodSpec) { s.HostUsers = ptr.To(false) },
			want:   []string{"High HostPathSystem NodeRoot " + at + "=/etc (app)"},
		},
		"procfs cannot be mounted in a user namespace": {
			path:   "/proc",
			change: func(s *corev1.PodSpec) { s.HostUsers = ptr.To(false) },
			want:   []string{"Medium HostPathProc NodeRoot " + at + "=/proc (app) if: " + conditionNoIDMap},
		},
		"a sandbox does not hold a mount back": {
			path:   "/etc",
			change: func(s *corev1.PodSpec) { s.RuntimeClassName = ptr.To("gvisor") },
			facts:  Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"gvisor"}}},
			want:   []string{"High HostPathSystem NodeRoot " + at + "=/etc (app)"},
		},
		"a privileged container opens devices": {
			path: "/dev",
			change: func(s *corev1.PodSpec) {
				s.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(true)}
			},
			want: []string{"High HostPathDevices NodeRoot " + at + "=/dev (app)"},
		},
		"an unmounted volume is left to its own check": {
			path:   "/",
			change: func(s *corev1.PodSpec) { s.Containers[0].VolumeMounts = nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := mountingPod(corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: test.path}})
			if test.change != nil {
				test.change(spec)
			}
			if diff := gocmp.Diff(test.want, linesOf(hostPathChecks(), NewPod(spec, test.facts))); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHostPathMessageNamesTheMount(t *testing.T) {
	spec := mountingPod(corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var"}})
	spec.Containers[0].VolumeMounts[0].SubPath, spec.Containers[0].VolumeMounts[0].ReadOnly = "log", true
	got := findingsOf(hostPathCheck(hostPathData), NewPod(spec, Facts{}))
	const want = "Nothing sensitive is known to lie there. It is mounted read-only at /node, subPath log."
	if len(got) != 1 || got[0].Message != want {
		t.Errorf("got %+v", got)
	}
}

func hostPathChecks() []Check {
	var checks []Check
	for class := range hostPathData + 1 {
		checks = append(checks, hostPathCheck(class))
	}
	return checks
}

// mountingPod is a pod of one container that mounts one volume writable at /node.
func mountingPod(source corev1.VolumeSource) *corev1.PodSpec {
	return &corev1.PodSpec{
		Containers: []corev1.Container{{Name: "app", VolumeMounts: []corev1.VolumeMount{{Name: "node", MountPath: "/node"}}}},
		Volumes:    []corev1.Volume{{Name: "node", VolumeSource: source}},
	}
}

func linesOf(checks []Check, p *Pod) []string {
	var lines []string
	for _, f := range (&Engine{checks: checks}).Assess(p) {
		lines = append(lines, line(f))
	}
	return lines
}

func TestWritableMountGivesAwayWhatAReadOnlyOneDoes(t *testing.T) {
	recon := []finding.Effect{{Consequence: finding.Recon}}
	tests := map[string]struct {
		path     string
		readOnly bool
		want     []finding.Effect
	}{
		"what is written decides the class, what is read is lost to nobody": {"/sys", false, recon},
		"a mount that is read only says it itself":                          {"/sys", true, nil},
		"files that are read are of the class of those that are written":    {"/root", false, nil},
		"nothing is read that counts":                                       {"/usr", false, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			spec := &corev1.PodSpec{
				Volumes: []corev1.Volume{hostVolume("v", test.path)},
				Containers: []corev1.Container{{
					Name:            "app",
					SecurityContext: &corev1.SecurityContext{RunAsUser: ptr.To[int64](0)},
					VolumeMounts:    []corev1.VolumeMount{{Name: "v", MountPath: "/v", ReadOnly: test.readOnly}},
				}},
			}
			for _, f := range NewEngine().Assess(NewPod(spec, Facts{})) {
				if f.Field == "spec.volumes[0].hostPath.path" {
					if diff := gocmp.Diff(test.want, f.Also); diff != "" {
						t.Errorf("%s (-want +got):\n%s", f.Check, diff)
					}
					return
				}
			}
			t.Error("the mount is not found")
		})
	}
}
