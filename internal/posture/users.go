package posture

import corev1 "k8s.io/api/core/v1"

// UsersOf collects the UIDs that the runtime reports for the containers of a pod, by container name. Nil where it
// reports none: the field is filled since Kubernetes 1.35, by runtimes that support it (KEP-3619).
func UsersOf(status *corev1.PodStatus) map[string]int64 {
	var users map[string]int64
	for _, list := range [...][]corev1.ContainerStatus{
		status.ContainerStatuses, status.InitContainerStatuses, status.EphemeralContainerStatuses,
	} {
		for i := range list {
			if user := list[i].User; user != nil && user.Linux != nil {
				if users == nil {
					users = make(map[string]int64)
				}
				users[list[i].Name] = user.Linux.UID
			}
		}
	}
	return users
}
