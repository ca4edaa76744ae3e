package publish

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// found adds a finding of a check at a place.
func found(check, field string, severity daysixv1alpha1.Severity) option {
	return func(r *daysixv1alpha1.PodSecurityReport) {
		r.Status.Findings = append(r.Status.Findings, daysixv1alpha1.Finding{Check: check, Field: field, Severity: severity, Message: "It can."})
	}
}

func valued(value string) option {
	return func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings[0].Value = value }
}

func restarts(verdict daysixv1alpha1.RestartVerdict) option {
	return func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Restart.Verdict = verdict }
}

// sinces are the times of a report in hours from the first.
func (k *kit) sinces(t *testing.T) map[string]int {
	t.Helper()
	hour := func(at metav1.Time) int {
		if at.IsZero() {
			return -1
		}
		return int(at.Sub(time.Unix(1_000_000, 0)) / time.Hour)
	}
	s := &k.server.held(t).Status
	out := map[string]int{"severity": hour(s.SeveritySince), "restart": hour(s.Restart.VerdictSince)}
	for i := range s.Findings {
		out[s.Findings[i].Check+" "+s.Findings[i].Field] = hour(s.Findings[i].Since)
	}
	return out
}

// restarted is the same server with a manager that has just started, and that knows what the watch tells.
func (k *kit) restarted(t *testing.T) {
	t.Helper()
	k.ledger = NewLedger()
	k.ledger.Seen(Observe(k.server.held(t)))
	k.publisher = New(k.server, k.ledger, NewEvents(events.NewFakeRecorder(10)), k.clock)
}

func TestSinceIsCarriedOver(t *testing.T) {
	const a, b = "HostPID spec.hostPID", "HostPathLogs spec.volumes[0]"
	pid, logs := found("HostPID", "spec.hostPID", "High"), found("HostPathLogs", "spec.volumes[0]", "Medium")
	type step struct {
		name    string
		options []option
		restart bool
		outcome Outcome
		want    map[string]int
	}
	denied, unknown := restarts(daysixv1alpha1.RestartDenied), restarts(daysixv1alpha1.RestartUnknown)
	for name, steps := range map[string][]step{
		"what is new is since now, what is not since then": {
			{"first", []option{withScore(75, "High"), pid}, false, Created, map[string]int{"severity": 0, "restart": 0, a: 0}},
			{"the same", []option{withScore(75, "High"), pid}, false, Unchanged, map[string]int{"severity": 0, "restart": 0, a: 0}},
			{"the same after a restart", []option{withScore(75, "High"), pid}, true, Unchanged, map[string]int{"severity": 0, "restart": 0, a: 0}},
			{"another finding", []option{withScore(76, "High"), pid, logs}, true, Updated, map[string]int{"severity": 0, "restart": 0, a: 0, b: 3}},
			{"the first is gone", []option{withScore(50, "Medium"), logs}, false, Updated, map[string]int{"severity": 4, "restart": 0, b: 3}},
			{"and comes back", []option{withScore(76, "High"), pid, logs}, true, Updated, map[string]int{"severity": 5, "restart": 0, a: 5, b: 3}},
			{"what stands there is no matter", []option{withScore(76, "High"), pid, valued("x"), logs}, false, Updated, map[string]int{"severity": 5, "restart": 0, a: 5, b: 3}},
		},
		"a finding that becomes worse is new, one that becomes better is not": {
			{"first", []option{pid, logs}, false, Created, map[string]int{"severity": 0, "restart": 0, a: 0, b: 0}},
			{
				"one up, one down",
				[]option{found("HostPID", "spec.hostPID", "Low"), found("HostPathLogs", "spec.volumes[0]", "High")},
				true, Updated,
				map[string]int{"severity": 0, "restart": 0, a: 0, b: 1},
			},
		},
		"a source that was lost makes nothing new": {
			{"first", []option{withScore(75, "High"), pid, logs, denied}, false, Created, map[string]int{"severity": 0, "restart": 0, a: 0, b: 0}},
			{"lost", []option{withScore(50, "Medium"), logs, unknown, incomplete}, false, Updated, map[string]int{"severity": 0, "restart": 1, b: 0}},
			{"lost, and written again", []option{withScore(51, "Medium"), logs, withPods(3), unknown, incomplete, valued("x")}, false, Updated, map[string]int{"severity": 0, "restart": 1, b: 0}},
			{"read again", []option{withScore(75, "High"), pid, logs, denied}, false, Updated, map[string]int{"severity": 0, "restart": 0, a: 0, b: 0}},
			{"gone for good", []option{withScore(50, "Medium"), logs, denied}, false, Updated, map[string]int{"severity": 4, "restart": 0, b: 0}},
			{"and found anew", []option{withScore(75, "High"), pid, logs, denied}, false, Updated, map[string]int{"severity": 5, "restart": 0, a: 5, b: 0}},
		},
		"a verdict on a restart has a time of its own": {
			{"first", []option{restarts(daysixv1alpha1.RestartAdmitted)}, false, Created, map[string]int{"severity": 0, "restart": 0}},
			{"denied", []option{denied}, true, Updated, map[string]int{"severity": 0, "restart": 1}},
			{"still denied", []option{denied, withScore(3, "Minimal")}, true, Updated, map[string]int{"severity": 0, "restart": 1}},
		},
		"a workload that is created again begins anew": {
			{"first", []option{pid}, false, Created, map[string]int{"severity": 0, "restart": 0, a: 0}},
			{"another one", []option{pid, withUID("uid-2")}, true, Recreated, map[string]int{"severity": 1, "restart": 1, a: 1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit()
			for i, step := range steps {
				k.clock.SetTime(time.Unix(1_000_000, 0).Add(time.Duration(i)*time.Hour + 300*time.Millisecond))
				if step.restart {
					k.restarted(t)
				}
				outcome, _, err := k.publisher.Publish(t.Context(), desired(step.options...))
				if outcome != step.outcome || err != nil {
					t.Fatalf("%s: outcome %s, error %v", step.name, outcome, err)
				}
				if diff := cmp.Diff(step.want, k.sinces(t)); diff != "" {
					t.Fatalf("%s: hours (-want +got):\n%s", step.name, diff)
				}
			}
		})
	}
}

func TestATimeThatSomebodyChangedIsPutRight(t *testing.T) {
	k := newKit()
	pid := found("HostPID", "spec.hostPID", "High")
	k.published(t, desired(pid), Created, apply)
	k.clock.SetTime(k.clock.Now().Add(time.Hour))
	k.tamper(t, func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings[0].Since = metav1.Unix(5, 0) })
	k.published(t, desired(pid), Restored, apply)
	if diff := cmp.Diff(map[string]int{"severity": 0, "restart": 0, "HostPID spec.hostPID": 0}, k.sinces(t)); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
}

// A report of a version that wrote no times is not written again for their sake, and what it says is not new.
func TestAReportWithoutTimesStaysAsItIs(t *testing.T) {
	old := desired(withScore(75, "High"), found("HostPID", "spec.hostPID", "High"))
	k := newKit(old)
	k.restarted(t)
	k.published(t, desired(withScore(75, "High"), found("HostPID", "spec.hostPID", "High")), Unchanged)
	k.published(t, desired(withScore(80, "High"), found("HostPID", "spec.hostPID", "High")), Updated, apply)
	if diff := cmp.Diff(map[string]int{"severity": -1, "restart": -1, "HostPID spec.hostPID": -1}, k.sinces(t)); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
}

// The clock is an hour ahead for a while. Nothing waits for that hour to pass once more, and nothing is since the future for good.
func TestAClockThatJumpsHoldsNothing(t *testing.T) {
	const a, b = "HostPID spec.hostPID", "HostPathLogs spec.volumes[0]"
	pid, logs := found("HostPID", "spec.hostPID", "High"), found("HostPathLogs", "spec.volumes[0]", "Medium")
	first := []option{withScore(50, "Medium"), pid, restarts(daysixv1alpha1.RestartAdmitted)}
	worse := []option{withScore(75, "High"), pid, logs, restarts(daysixv1alpha1.RestartDenied)}
	k := newKit()
	for _, step := range []struct {
		name    string
		at      time.Duration
		options []option
		outcome Outcome
		want    map[string]int
	}{
		{"before", 0, first, Created, map[string]int{"severity": 0, "restart": 0, a: 0}},
		{"ahead, other counts", time.Hour, append(first[:3:3], withPods(3)), Updated, map[string]int{"severity": 0, "restart": 0, a: 0}},
		{"back, other counts", time.Second, append(first[:3:3], withPods(6)), Updated, map[string]int{"severity": 0, "restart": 0, a: 0}},
		{"ahead, another verdict", time.Hour + time.Second, worse, Updated, map[string]int{"severity": 1, "restart": 1, a: 0, b: 1}},
		{"back, since now and not since then", 2 * time.Second, append(worse[:4:4], withPods(4)), Updated, map[string]int{"severity": 0, "restart": 0, a: 0, b: 0}},
		{"back, counts that wait", 3 * time.Second, append(worse[:4:4], withPods(5)), Deferred, map[string]int{"severity": 0, "restart": 0, a: 0, b: 0}},
		{"later, they have waited", 2*time.Second + CountsInterval, append(worse[:4:4], withPods(5)), Updated, map[string]int{"severity": 0, "restart": 0, a: 0, b: 0}},
	} {
		k.clock.SetTime(time.Unix(1_000_000, 0).Add(step.at))
		outcome, again, err := k.publisher.Publish(t.Context(), desired(step.options...))
		if outcome != step.outcome || again > CountsInterval || err != nil {
			t.Fatalf("%s: outcome %s, again after %s, error %v", step.name, outcome, again, err)
		}
		if diff := cmp.Diff(step.want, k.sinces(t)); diff != "" {
			t.Errorf("%s: hours (-want +got):\n%s", step.name, diff)
		}
	}
}
