package controllers

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/snapshot"
)

// scores are those of all workloads.
func (o objects) scores() map[snapshot.Key]int {
	engine := o.follow(o.ids()).engine
	out := make(map[snapshot.Key]int)
	for _, key := range engine.Snapshot.Workloads() {
		if a := engine.Assess(key); a != nil {
			out[key] = a.Score.Score
		}
	}
	return out
}

// drawCluster makes objects of namespaces of which some are there and others are only known by what is in them.
func drawCluster(t *rapid.T) objects {
	there := drawObjects(t)
	for _, name := range []string{"bank", "shop"} {
		level := rapid.SampledFrom([]string{"", "privileged", "baseline", "restricted"}).Draw(t, "level of "+name)
		n := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			"pod-security.kubernetes.io/enforce": level,
		}}}
		if level != "" {
			there[id(n)] = n
		}
	}
	return there
}

// noLower fails where any workload that was there before has a lower score.
func noLower(t *rapid.T, before, after map[snapshot.Key]int) {
	for key, score := range before {
		if after[key] < score {
			t.Fatalf("the score of %s falls from %d to %d", key, score, after[key])
		}
	}
}

func TestABindingNeverLowersAScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawCluster(t)
		before := there.scores()
		added := drawBinding(t, metav1.ObjectMeta{Namespace: "shop", Name: "added"})
		there[id(added)] = added
		noLower(t, before, there.scores())
	})
}

func TestAPodNeverLowersAScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawCluster(t)
		before := there.scores()
		added := drawPod(t, metav1.ObjectMeta{Namespace: "shop", Name: "added"})
		there[id(added)] = added
		noLower(t, before, there.scores())
	})
}

func TestAPrivilegedContainerNeverLowersAScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawCluster(t)
		pod := drawPod(t, metav1.ObjectMeta{Namespace: "shop", Name: "changed"})
		there[id(pod)] = pod
		before := there.scores()
		changed := pod.DeepCopy()
		changed.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(true)}
		there[id(pod)] = changed
		noLower(t, before, there.scores())
	})
}

func TestAPolicyThatIsDeletedNeverLowersAScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := drawCluster(t)
		var policy client.Object = &networkingv1.NetworkPolicy{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "isolating"},
			Spec: networkingv1.NetworkPolicySpec{PolicyTypes: rapid.SampledFrom([][]networkingv1.PolicyType{
				{networkingv1.PolicyTypeIngress}, {networkingv1.PolicyTypeEgress}, {networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			}).Draw(t, "isolates")},
		}
		there[id(policy)] = policy
		before := there.scores()
		delete(there, id(policy))
		noLower(t, before, there.scores())
	})
}
