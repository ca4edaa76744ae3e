package cluster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

func TestWhatIsKilledComesBackWithItsData(t *testing.T) {
	address, err := cluster.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	c := cluster.StartFor(t, cluster.Options{EtcdAddress: address})
	for _, component := range []cluster.Component{cluster.APIServer, cluster.Etcd} {
		name := "before-" + string(component)
		kept := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: corev1.NamespaceDefault, Name: name}, Data: map[string]string{"a": "b"},
		}
		create(t, c, kept)
		if err := c.Kill(t.Context(), component); err != nil {
			t.Fatal(err)
		}
		if err := c.Kill(t.Context(), component); err == nil {
			t.Errorf("%s could be killed twice", component)
		}
		if err := c.Revive(component); err != nil {
			t.Fatal(err)
		}
		var read corev1.ConfigMap
		if err := c.Client().Get(t.Context(), client.ObjectKeyFromObject(kept), &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kept.Data, read.Data); diff != "" {
			t.Errorf("after the end of %s (-want +got):\n%s", component, diff)
		}
	}
	writes, err := c.Writes(0, "")
	if err != nil {
		t.Fatal(err)
	}
	var created []string
	for _, w := range writes {
		if w.Verb == "create" && w.Resource == "configmaps" && w.Namespace == corev1.NamespaceDefault {
			created = append(created, w.Name)
		}
	}
	if diff := cmp.Diff([]string{"before-kube-apiserver", "before-etcd"}, created); diff != "" {
		t.Errorf("the audit log does not go on (-want +got):\n%s", diff)
	}
}
