package dryrun_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
)

var managerUser = cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount)

const proven = "policy and binding are as they have to be, and the API server refuses by them"

func TestGuard(t *testing.T) {
	w := startWorld(t)
	t.Run("one apply installs the guard before the right", guardComesFirst(w))
	t.Run("what is shipped is what is expected", shippedGuard(w))
	t.Run("the guard lets a dry-run pass and nothing else", guardRefuses(w))
	t.Run("the mode as a whole asks once for each change, by dry-run", theModeAsWhole(w))
	t.Run("a guard that says something else", alteredGuards(w))
	t.Run("a right to impersonate", impersonation(w))
	t.Run("somebody else refuses the probe", hiddenProbe(w))
	t.Run("no right to create pods", notGranted(w))
	t.Run("not a ServiceAccount", func(t *testing.T) {
		g, err := dryrun.NewGuard(w.Config(), clock.RealClock{}, logr.Discard(), nil)
		if err != nil {
			t.Fatal(err)
		}
		standing := g.Check(t.Context())
		if standing.State != dryrun.Altered || !strings.HasSuffix(standing.Detail, "is no ServiceAccount, and the guard is for one") {
			t.Errorf("the guard stands at %s", standing)
		}
	})
	t.Run("the guard is taken away and put back", guardComesAndGoes(w))
}

// guardComesFirst reads in the audit log in which order kubectl wrote what config/dry-run renders.
func guardComesFirst(w *world) func(*testing.T) {
	return func(t *testing.T) {
		writes, err := w.Writes(0, "")
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, write := range writes {
			if (write.Name == dryrun.GuardName || write.Name == "daysix-dry-run") && write.Code == 201 {
				order = append(order, write.Resource+" "+write.Name)
			}
		}
		want := []string{
			"validatingadmissionpolicies daysix-dry-run-guard", "validatingadmissionpolicybindings daysix-dry-run-guard",
			"clusterroles daysix-dry-run", "clusterrolebindings daysix-dry-run",
		}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	}
}

func shippedGuard(w *world) func(*testing.T) {
	return func(t *testing.T) {
		policy := &admissionregistrationv1.ValidatingAdmissionPolicy{}
		if err := w.Client().Get(t.Context(), client.ObjectKey{Name: dryrun.GuardName}, policy); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dryrun.ExpectedPolicy(managerUser), policy.Spec); diff != "" {
			t.Errorf("policy (-want +got):\n%s", diff)
		}
		binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}
		if err := w.Client().Get(t.Context(), client.ObjectKey{Name: dryrun.GuardName}, binding); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dryrun.ExpectedBinding(), binding.Spec); diff != "" {
			t.Errorf("binding (-want +got):\n%s", diff)
		}
		standsAt(t, w.guard(t, nil), dryrun.Standing{State: dryrun.InForce, Detail: proven})
	}
}

// standsAt checks until the guard stands as wanted: the API server sees policies and rights through watches of its own.
func standsAt(t *testing.T, g *dryrun.Guard, want dryrun.Standing) {
	t.Helper()
	var got dryrun.Standing
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		got = g.Check(t.Context())
		return got == want, nil
	})
	if err != nil {
		t.Errorf("standing (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func guardRefuses(w *world) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "guarded")
		manager, err := client.New(w.config, client.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := candidate(t, "guarded", web())
		want := "is forbidden: ValidatingAdmissionPolicy 'daysix-dry-run-guard' with binding 'daysix-dry-run-guard' denied request: " +
			"Daysix may ask about pods by dry-run and do nothing else with them."
		if err := manager.Create(t.Context(), c.Pod()); !apierrors.IsForbidden(err) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("a real create gives %v", err)
		}
		eventually(t, w.submitter(t, w.checked(t)), c, dryrun.Answer{Verdict: dryrun.Admitted})

		// The guard holds even where somebody grants more than is shipped.
		w.apply(t, clusterRole("all-of-pods", `{apiGroups: [""], resources: [pods, pods/exec], verbs: ["*"]}`))
		t.Cleanup(func() { w.remove(t, "clusterrolebinding/all-of-pods", "clusterrole/all-of-pods") })
		bare := web()
		bare.Name, bare.Namespace, bare.GenerateName, bare.OwnerReferences = "bare", "guarded", "", nil
		w.create(t, bare)
		grown := bare.DeepCopy()
		grown.Labels["grown"] = "yes"
		for name, act := range map[string]func() error{
			"update": func() error { return manager.Update(t.Context(), grown) },
			"delete": func() error { return manager.Delete(t.Context(), bare.DeepCopy()) },
		} {
			eventuallyErr(t, name, act, want)
		}
		if err := manager.Update(t.Context(), grown, client.DryRunAll); err != nil {
			t.Errorf("a dry-run of an update gives %v", err)
		}
		if err := execInto(t, w, "guarded", "bare"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("exec gives %v", err)
		}
	}
}

// eventuallyErr acts until the error ends as wanted: a new right is seen after a moment.
func eventuallyErr(t *testing.T, name string, act func() error, suffix string) {
	t.Helper()
	var got error
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		got = act()
		return got != nil && strings.HasSuffix(got.Error(), suffix), nil
	})
	if err != nil {
		t.Errorf("%s gives %v", name, got)
	}
}

// execInto runs kubectl exec with the manager's token.
func execInto(t *testing.T, w *world, namespace, pod string) error {
	t.Helper()
	kubeconfig := filepath.Join(t.TempDir(), "manager.kubeconfig")
	if err := cluster.WriteKubeconfig(w.config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	_, err := w.Kubectl(t.Context(), "exec", "--kubeconfig", kubeconfig, "--namespace", namespace, pod, "--", "true")
	return err
}

// checked is a guard that has been found in force.
func (w *world) checked(t *testing.T) *dryrun.Guard {
	t.Helper()
	g := w.guard(t, nil)
	standsAt(t, g, dryrun.Standing{State: dryrun.InForce, Detail: proven})
	return g
}

func clusterRole(name, rule string) string {
	return fmt.Sprintf(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: %[1]s}
rules: [%[2]s]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: %[1]s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %[1]s}
subjects: [{kind: ServiceAccount, name: daysix-controller-manager, namespace: daysix-system}]
`, name, rule)
}

func (w *world) remove(t *testing.T, objects ...string) {
	t.Helper()
	if _, err := w.Kubectl(context.WithoutCancel(t.Context()), append([]string{"delete"}, objects...)...); err != nil {
		t.Error(err)
	}
}

func alteredGuards(w *world) func(*testing.T) {
	return func(t *testing.T) {
		g := w.checked(t)
		for _, test := range []struct{ name, object, patch, fields string }{
			{"fails open", "policy", `{"failurePolicy": "Ignore"}`, "spec.failurePolicy"},
			{
				"guards another user", "policy",
				`{"matchConditions": [{"name": "is-daysix", "expression": "has(request.userInfo.username) && request.userInfo.username == 'system:serviceaccount:a:b'"}]}`,
				"spec.matchConditions",
			},
			{"guards fewer namespaces", "policy", `{"matchConstraints": {"namespaceSelector": {"matchLabels": {"a": "b"}}}}`, "spec.matchConstraints"},
			{"refuses nothing", "policy", `{"validations": [{"expression": "true"}]}`, "spec.validations"},
			{"only audits", "binding", `{"validationActions": ["Audit"]}`, "spec.validationActions"},
			{"is bound to fewer namespaces", "binding", `{"matchResources": {"namespaceSelector": {"matchLabels": {"a": "b"}}}}`, "spec.matchResources"},
		} {
			t.Run(test.name, func(t *testing.T) {
				resource := map[string]string{"policy": "validatingadmissionpolicy", "binding": "validatingadmissionpolicybinding"}[test.object]
				if _, err := w.Kubectl(t.Context(), "patch", resource, dryrun.GuardName, "--type=merge", "--patch", `{"spec":`+test.patch+`}`); err != nil {
					t.Fatal(err)
				}
				want := fmt.Sprintf("%s of the %s daysix-dry-run-guard is not what it has to be", test.fields, test.object)
				if test.object == "policy" {
					want += " for " + managerUser
				}
				standsAt(t, g, dryrun.Standing{State: dryrun.Altered, Detail: want})
				w.reinstall(t)
			})
		}
		standsAt(t, g, dryrun.Standing{State: dryrun.InForce, Detail: proven})

		// Until the next check, a guard that refuses dry-runs as well must not pass for a policy about the pod.
		refuse := `{"spec": {"validations": [{"expression": "false", "message": "never"}]}}`
		if _, err := w.Kubectl(t.Context(), "patch", "validatingadmissionpolicy", dryrun.GuardName, "--type=merge", "--patch", refuse); err != nil {
			t.Fatal(err)
		}
		eventually(t, w.submitter(t, open{}), candidate(t, "guarded", web()), dryrun.Answer{
			Verdict: dryrun.CannotTell, Reason: dryrun.GuardNotInForce,
			Message: "ValidatingAdmissionPolicy 'daysix-dry-run-guard' with binding 'daysix-dry-run-guard' denied request: never",
		})
		w.reinstall(t)
		standsAt(t, g, dryrun.Standing{State: dryrun.InForce, Detail: proven})
	}
}

// reinstall puts the guard back as it is shipped. What others own of it is theirs in a server-side apply: it is replaced.
func (w *world) reinstall(t *testing.T) {
	t.Helper()
	root, err := cluster.RepositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "config", "components", "dry-run", "guard.yaml")
	if _, err := w.Kubectl(t.Context(), "replace", "--filename", path); err != nil {
		t.Fatal(err)
	}
}

func impersonation(w *world) func(*testing.T) {
	return func(t *testing.T) {
		g := w.checked(t)
		for _, test := range []struct{ name, rule, detail string }{
			{"anybody", `{apiGroups: [""], resources: [users], verbs: [impersonate]}`, "may impersonate users"},
			{"one ServiceAccount", `{apiGroups: [""], resources: [serviceaccounts], resourceNames: [builder], verbs: [impersonate]}`, "may impersonate some serviceaccounts"},
			{
				"ServiceAccounts, constrained",
				`{apiGroups: [authentication.k8s.io], resources: [serviceaccounts], verbs: ["impersonate:serviceaccount"]}`,
				"may impersonate:serviceaccount serviceaccounts",
			},
			{
				"a user, constrained",
				`{apiGroups: [authentication.k8s.io], resources: [users], resourceNames: [bob], verbs: ["impersonate:user-info"]}`,
				"may impersonate:user-info some users",
			},
			{"everything", `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`, "may impersonate users"},
		} {
			t.Run(test.name, func(t *testing.T) {
				w.apply(t, clusterRole("actor", test.rule))
				standsAt(t, g, dryrun.Standing{State: dryrun.MayImpersonate, Detail: managerUser + " " + test.detail})
				w.remove(t, "clusterrolebinding/actor", "clusterrole/actor")
				standsAt(t, g, dryrun.Standing{State: dryrun.InForce, Detail: proven})
			})
		}
	}
}

func hiddenProbe(w *world) func(*testing.T) {
	return func(t *testing.T) {
		w.apply(t, `apiVersion: v1
kind: LimitRange
metadata: {name: large, namespace: daysix-system}
spec: {limits: [{type: Container, min: {memory: 1Gi}}]}
`)
		standsAt(t, w.guard(t, nil), dryrun.Standing{
			State:  dryrun.InForce,
			Detail: "policy and binding are as they have to be; whether the API server refuses by them is hidden by LimitRange",
		})
		w.remove(t, "limitrange/large", "--namespace=daysix-system")
	}
}

func notGranted(w *world) func(*testing.T) {
	return func(t *testing.T) {
		if _, err := w.Kubectl(t.Context(), "patch", "clusterrole", "daysix-dry-run", "--type=json", `--patch=[{"op":"remove","path":"/rules/0"}]`); err != nil {
			t.Fatal(err)
		}
		standsAt(t, w.guard(t, nil), dryrun.Standing{State: dryrun.NotGranted, Detail: managerUser + " may not create pods"})
		if _, err := w.Kubectl(t.Context(), "patch", "clusterrole", "daysix-dry-run", "--type=json", `--patch=[{"op":"remove","path":"/rules"}]`); err != nil {
			t.Fatal(err)
		}
		w.remove(t, "clusterrolebinding/daysix-manager-rolebinding") // It may read policies, too.
		var unreadable dryrun.Standing
		eventuallyErr(t, "reading the guard without the right to", func() error {
			unreadable = w.guard(t, nil).Check(t.Context())
			return fmt.Errorf("%s", unreadable.State)
		}, string(dryrun.Unreadable))
		w.install(t)
		w.checked(t)
	}
}

func guardComesAndGoes(w *world) func(*testing.T) {
	return func(t *testing.T) {
		told := make(chan dryrun.Standing, 16)
		g := w.guard(t, func(s dryrun.Standing) { told <- s })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- g.Start(ctx) }()
		next := func(want dryrun.Standing) {
			t.Helper()
			for {
				select {
				case got := <-told:
					if got == want {
						return
					}
					// On its way there the API server has not seen the policy yet.
					if got.State != dryrun.NotObserved && got.State != dryrun.Missing {
						t.Fatalf("standing (-want +got):\n%s", cmp.Diff(want, got))
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("the guard stands at %s, want %s", g.Standing(), want)
				}
			}
		}
		inForce := dryrun.Standing{State: dryrun.InForce, Detail: proven}
		next(inForce)

		begin := time.Now()
		w.remove(t, "validatingadmissionpolicybinding/"+dryrun.GuardName)
		next(dryrun.Standing{State: dryrun.Missing, Detail: "there is no binding daysix-dry-run-guard"})
		t.Logf("a guard that is taken away was missed %v after kubectl began", time.Since(begin).Round(time.Millisecond))

		mark, err := w.Mark()
		if err != nil {
			t.Fatal(err)
		}
		got := w.submitter(t, g).Submit(t.Context(), candidate(t, "guarded", web()))
		want := dryrun.Answer{
			Verdict: dryrun.CannotTell, Reason: dryrun.GuardNotInForce, Message: "Missing: there is no binding daysix-dry-run-guard",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
		writes, err := w.Writes(mark, managerUser)
		if err != nil {
			t.Fatal(err)
		}
		if asked := slices.DeleteFunc(writes, func(write cluster.Request) bool { return write.Resource != "pods" }); len(asked) > 0 {
			t.Errorf("the submitter asked all the same: %v", asked)
		}
		w.remove(t, "validatingadmissionpolicy/"+dryrun.GuardName)
		next(dryrun.Standing{State: dryrun.Missing, Detail: "there is no policy daysix-dry-run-guard"})

		w.install(t)
		next(inForce)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}
