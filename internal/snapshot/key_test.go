package snapshot

import (
	"strings"
	"testing"
)

// The API server accepts any text in an owner reference.
func TestReferenceThatNamesNothingIsNoOwner(t *testing.T) {
	long := strings.Repeat("x", 254)
	for name, test := range map[string]struct {
		apiVersion, kind, owner, uid string
		want                         Key
	}{
		"a kind of Kubernetes":        {"apps/v1", "StatefulSet", "db", "db", key("apps", "StatefulSet", "db")},
		"a kind of an operator":       {"strimzi.io/v1", "StrimziPodSet", "db", "db", key("strimzi.io", "StrimziPodSet", "db")},
		"a name with a colon":         {"x.io/v1", "Thing", "system:db", "db", key("x.io", "Thing", "system:db")},
		"a kind that is too long":     {"x.io/v1", strings.Repeat("K", 64), "db", "db", key("", "Pod", "a")},
		"a kind that is no word":      {"x.io/v1", "Not A Kind", "db", "db", key("", "Pod", "a")},
		"a name that is too long":     {"x.io/v1", "Thing", long, "db", key("", "Pod", "a")},
		"a name that is a path":       {"x.io/v1", "Thing", "../../db", "db", key("", "Pod", "a")},
		"an API version that is none": {"a/b/c", "Thing", "db", "db", key("", "Pod", "a")},
		"an API version that is long": {long + long + "/v1", "Thing", "db", "db", key("", "Pod", "a")},
		"a name that is no text":      {"x.io/v1", "Thing", "db\xff", "db", key("", "Pod", "a")},
		"an API version that is data": {"x\xff.io/v1", "Thing", "db", "db", key("", "Pod", "a")},
		"a UID that is no text":       {"x.io/v1", "Thing", "db", "\xff", key("", "Pod", "a")},
		"a UID that is too long":      {"x.io/v1", "Thing", "db", long, key("", "Pod", "a")},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(newPod("a", ownedByUID(test.apiVersion, test.kind, test.owner, test.uid)))
			wantDiff(t, "workloads", []Key{test.want}, s.Workloads())
		})
	}
}

func TestKeyIsReadable(t *testing.T) {
	wantDiff(t, "keys", "Deployment.apps shop/cart", key("apps", "Deployment", "cart").String())
	wantDiff(t, "keys", "Pod shop/cart", key("", "Pod", "cart").String())
}
