package metrics

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryLabelIsDescribedAndNoneNamesAPodAnImageOrAUser(t *testing.T) {
	var used, described []string
	for _, f := range Families() {
		used = append(used, f.Labels...)
	}
	for _, l := range Labels() {
		described = append(described, l.Name)
	}
	slices.Sort(used)
	used = slices.Compact(used)
	if diff := cmp.Diff(used, described); diff != "" {
		t.Errorf("labels (-used +described):\n%s", diff)
	}
	for _, label := range []string{"pod", "container", "image", "user", "uid", "instance", "job", "le"} {
		if slices.Contains(used, label) {
			t.Errorf("a family has the label %s", label)
		}
	}
}
