package candidate

import corev1 "k8s.io/api/core/v1"

// tolerationSeconds is how long a pod stays on a node that is not ready, or out of reach, unless it says so itself. Two flags
// of the API server can change it, which no API shows.
const tolerationSeconds = 300

func defaultToleration(taint string) corev1.Toleration {
	seconds := int64(tolerationSeconds)
	return corev1.Toleration{
		Key: taint, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds,
	}
}

// applyTolerationSeconds adds the two tolerations where no other stands for them.
func applyTolerationSeconds(pod *corev1.Pod) {
	given := pod.Spec.Tolerations
	for _, taint := range [...]string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		tolerated := false
		for i := range given {
			tolerated = tolerated || (given[i].Key == taint || given[i].Key == "") &&
				(given[i].Effect == corev1.TaintEffectNoExecute || given[i].Effect == "")
		}
		if !tolerated {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, defaultToleration(taint))
		}
	}
}
