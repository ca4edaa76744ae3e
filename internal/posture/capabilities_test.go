package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestEffectiveCapabilitiesFollowTheRuntime(t *testing.T) {
	type names = []corev1.Capability
	for name, test := range map[string]struct {
		add, drop  names
		privileged bool
		want       capabilitySet
	}{
		"nothing said is the default":         {want: defaultCapabilities()},
		"one more":                            {add: names{"SYS_TIME"}, want: defaultCapabilities() | setOf(capSysTime)},
		"one less":                            {drop: names{"net_raw"}, want: defaultCapabilities() &^ setOf(capNetRaw)},
		"none":                                {drop: names{"ALL"}, want: 0},
		"one, and none of the default":        {add: names{"KILL"}, drop: names{"ALL"}, want: setOf(capKill)},
		"all":                                 {add: names{"ALL"}, want: everyCapability},
		"all but one":                         {add: names{"all"}, drop: names{"SYS_ADMIN"}, want: everyCapability &^ setOf(capSysAdmin)},
		"dropping all comes after adding all": {add: names{"ALL", "KILL"}, drop: names{"ALL"}, want: setOf(capKill)},
		"a drop by name comes last":           {add: names{"KILL"}, drop: names{"KILL"}, want: defaultCapabilities() &^ setOf(capKill)},
		"a name that is unknown adds none":    {add: names{"WINGS"}, want: defaultCapabilities()},
		"a privileged container has all":      {drop: names{"ALL"}, privileged: true, want: everyCapability},
	} {
		t.Run(name, func(t *testing.T) {
			c := &capabilityPod(test.add, test.drop).Containers[0]
			c.SecurityContext.Privileged = ptr.To(test.privileged)
			if got := effectiveCapabilities(c); got != test.want {
				t.Errorf("got %042b, want %042b", got, test.want)
			}
		})
	}
	if got := effectiveCapabilities(&corev1.Container{}); got != defaultCapabilities() {
		t.Errorf("without a security context: got %042b", got)
	}
}
