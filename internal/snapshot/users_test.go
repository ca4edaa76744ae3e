package snapshot

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestUsersReadsEveryListOfTheStatus(t *testing.T) {
	status := func(name string, uid int64) []corev1.ContainerStatus {
		return []corev1.ContainerStatus{
			{Name: name, User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: uid}}},
			{Name: name + "-without"},
			{Name: name + "-windows", User: &corev1.ContainerUser{}},
		}
	}
	got := Users(&corev1.PodStatus{
		ContainerStatuses: status("app", 1000), InitContainerStatuses: status("setup", 0), EphemeralContainerStatuses: status("debug", 1),
	})
	if diff := gocmp.Diff(map[string]int64{"app": 1000, "setup": 0, "debug": 1}, got); diff != "" {
		t.Errorf("users differ (-want +got):\n%s", diff)
	}
	if got := Users(&corev1.PodStatus{}); got != nil {
		t.Errorf("a status without users gives %v", got)
	}
}
