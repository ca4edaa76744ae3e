package assess

import (
	"testing"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestTheOwnerIsWhereTheConfigurationLooks(t *testing.T) {
	namespace := &snapshot.Namespace{}
	namespace.Labels = map[string]string{"team": "platform"}
	of := func(label string) []snapshot.Network {
		return []snapshot.Network{{}, {Labels: map[string]string{"team": label}}}
	}
	for name, test := range map[string]struct {
		rule config.Owner
		view snapshot.View
		want string
	}{
		"nobody asks":                        {config.Owner{}, snapshot.View{Namespace: namespace, Networks: of("payments")}, ""},
		"the workload comes first":           {config.Owner{Label: "team"}, snapshot.View{Namespace: namespace, Networks: of("payments")}, "payments"},
		"the namespace says it otherwise":    {config.Owner{Label: "team"}, snapshot.View{Namespace: namespace, Networks: of("")}, "platform"},
		"the namespace alone":                {config.Owner{Label: "team", From: []string{"namespace"}}, snapshot.View{Namespace: namespace, Networks: of("payments")}, "platform"},
		"the workload alone":                 {config.Owner{Label: "team", From: []string{"workload"}}, snapshot.View{Namespace: namespace}, ""},
		"no namespace is known":              {config.Owner{Label: "team"}, snapshot.View{}, ""},
		"what is no value of a label is not": {config.Owner{Label: "team"}, snapshot.View{Networks: of("two words"), Namespace: namespace}, "platform"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ownerOf(&test.rule, &test.view); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
