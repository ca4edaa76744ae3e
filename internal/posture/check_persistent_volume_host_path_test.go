package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestClaimIsJudgedLikeItsPath(t *testing.T) {
	const at = "spec.volumes[0].persistentVolumeClaim.claimName=data (app)"
	for name, test := range map[string]struct {
		claims   map[string]snapshot.HostVolume
		readOnly bool
		want     []string
	}{
		"a volume at the runtime's socket is node root": {
			claims: map[string]snapshot.HostVolume{"data": {PersistentVolume: "pv", Path: "/var/run/docker.sock"}},
			want:   []string{"High PersistentVolumeHostPath NodeRoot " + at},
		},
		"a local volume is judged by the same table": {
			claims: map[string]snapshot.HostVolume{"data": {PersistentVolume: "pv", Path: "/var/log", Local: true}},
			want:   []string{"Low PersistentVolumeHostPath NodeRead " + at + " if: " + conditionReadLogs},
		},
		"a plain directory is conditional": {
			claims: map[string]snapshot.HostVolume{"data": {PersistentVolume: "pv", Path: "/mnt/disks/ssd1", Local: true}},
			want:   []string{"Minimal PersistentVolumeHostPath ForeignData " + at + " if: " + conditionClaimData},
		},
		"a claim that is mounted read-only is read": {
			claims:   map[string]snapshot.HostVolume{"data": {PersistentVolume: "pv", Path: "/etc/kubernetes"}},
			readOnly: true,
			want:     []string{"Medium PersistentVolumeHostPath NodeRead " + at},
		},
		"another claim says nothing": {claims: map[string]snapshot.HostVolume{"other": {Path: "/"}}},
		"no claim is known":          {},
	} {
		t.Run(name, func(t *testing.T) {
			spec := mountingPod(corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{
				ClaimName: "data", ReadOnly: test.readOnly,
			}})
			checks := append(hostPathChecks(), persistentVolumeHostPath(), unmountedHostPath())
			if diff := gocmp.Diff(test.want, linesOf(checks, NewPod(spec, Facts{Claims: test.claims}))); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}
