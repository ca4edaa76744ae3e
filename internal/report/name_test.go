package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestNames(t *testing.T) {
	for name, test := range map[string]struct {
		key  snapshot.Key
		want string
	}{
		"a kind of Kubernetes":     {snapshot.Key{Group: "apps", Kind: "Deployment", Name: "cart"}, "deployment-cart"},
		"a bare pod":               {snapshot.Key{Kind: "Pod", Name: "cart.v2"}, "pod-cart.v2"},
		"a kind of an operator":    {snapshot.Key{Group: "argoproj.io", Kind: "Rollout", Name: "cart"}, "rollout-cart.fd7161b65c"},
		"another group's namesake": {snapshot.Key{Group: "example.com", Kind: "Deployment", Name: "cart"}, "deployment-cart.43bbbada42"},
		"a name that is too long": {
			snapshot.Key{Group: "apps", Kind: "Deployment", Name: strings.Repeat("a", 253)},
			"deployment-" + strings.Repeat("a", 231) + ".0fd64fe453",
		},
		"a name that ends as if it were hashed": {
			snapshot.Key{Group: "apps", Kind: "Deployment", Name: "cart.43bbbada42"}, "deployment-cart.43bbbada42.46d95f5289",
		},
		"a name that no object can have": {snapshot.Key{Group: "apps", Kind: "Deployment", Name: "system:Cart"}, "deployment-system--art.a2bf2d66f9"},
		"nothing but signs":              {snapshot.Key{Group: "x", Kind: "!", Name: "?"}, "workload.bd24349c63"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Name(test.key)); diff != "" {
				t.Errorf("names differ (-want +got):\n%s", diff)
			}
		})
	}
}

func someKey() *rapid.Generator[snapshot.Key] {
	text := rapid.OneOf(rapid.StringN(0, 20, 300), rapid.StringMatching(`[a-z0-9.-]{1,253}`), rapid.SampledFrom([]string{"cart", "cart.v2"}))
	return rapid.Custom(func(t *rapid.T) snapshot.Key {
		return snapshot.Key{
			Group:     rapid.OneOf(rapid.SampledFrom([]string{"", "apps", "batch", "x.io"}), text).Draw(t, "group"),
			Kind:      rapid.OneOf(rapid.SampledFrom([]string{"Pod", "Deployment", "Job"}), text).Draw(t, "kind"),
			Namespace: "shop", Name: text.Draw(t, "name"),
		}
	})
}

func TestNameProperties(t *testing.T) {
	t.Run("every key has a name that the API server accepts", rapid.MakeCheck(func(t *rapid.T) {
		name := Name(someKey().Draw(t, "key"))
		if errs := validation.IsDNS1123Subdomain(name); len(errs) > 0 {
			t.Fatalf("%q: %v", name, errs)
		}
	}))
	t.Run("two keys have two names", rapid.MakeCheck(func(t *rapid.T) {
		a, b := someKey().Draw(t, "a"), someKey().Draw(t, "b")
		if a != b && Name(a) == Name(b) {
			t.Fatalf("both are %q", Name(a))
		}
	}))
	t.Run("nobody can take the name of another workload's report", rapid.MakeCheck(func(t *rapid.T) {
		other := someKey().Draw(t, "other")
		for _, prefix := range []string{"pod-", "deployment-", "job-"} {
			if stolen, ok := strings.CutPrefix(Name(other), prefix); ok {
				kind := map[string]snapshot.Key{
					"pod-": {Kind: "Pod"}, "deployment-": {Group: "apps", Kind: "Deployment"}, "job-": {Group: "batch", Kind: "Job"},
				}[prefix]
				kind.Namespace, kind.Name = "shop", stolen
				if kind != other && Name(kind) == Name(other) {
					t.Fatalf("%s and %s are both %q", kind, other, Name(other))
				}
			}
		}
	}))
}

func TestKeyOfAReportIsThatOfItsWorkload(t *testing.T) {
	for _, key := range []snapshot.Key{
		{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "cart"}, {Kind: "Pod", Namespace: "shop", Name: "cart"},
	} {
		apiVersion := strings.TrimPrefix(key.Group+"/v1", "/")
		r := &daysixv1alpha1.PodSecurityReport{Spec: daysixv1alpha1.PodSecurityReportSpec{
			WorkloadRef: daysixv1alpha1.WorkloadReference{APIVersion: apiVersion, Kind: key.Kind, Name: key.Name},
		}}
		r.Namespace = key.Namespace
		if diff := cmp.Diff(key, KeyOf(r)); diff != "" {
			t.Errorf("keys differ (-want +got):\n%s", diff)
		}
	}
}
