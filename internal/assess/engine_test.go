package assess

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/posture"
)

func TestTheGraphIsSolvedAnewOnlyWhereSecretsChanged(t *testing.T) {
	m := model.New()
	e := NewEngine(m, New(posture.Settings{}), nil)
	secret := func(namespace, account string) {
		m.Snapshot.UpsertSecret(&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "token", Annotations: map[string]string{corev1.ServiceAccountNameKey: account},
		}})
	}
	for _, step := range []struct {
		name string
		do   func()
		want bool
	}{
		{"nothing is known", func() {}, false},
		{"two namespaces with a Secret", func() { secret("team", "app"); secret("shop", "web") }, true},
		{"nothing changed", func() {}, false},
		{"a Secret holds another token", func() { secret("team", "builder") }, true},
		{"the last Secret of a namespace is gone", func() {
			m.Snapshot.DeleteSecret(types.NamespacedName{Namespace: "shop", Name: "token"})
		}, true},
		{"nothing changed since", func() {}, false},
	} {
		if step.do(); e.ObserveRights() != step.want {
			t.Errorf("%s: the graph has to be solved anew: %v", step.name, !step.want)
		}
	}
}
