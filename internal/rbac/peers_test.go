package rbac

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The known errors of the peers (catalogue, section C, last column), each with the right answer.
func TestErrorsOfOtherToolsAreNotOurs(t *testing.T) {
	const r = " in rbac.authorization.k8s.io"
	for name, test := range map[string]struct {
		given []string
		want  []string
	}{
		"KubeHound, regolibrary and IceKube take pods/* for a wildcard":          {[]string{"create pods/*"}, []string{}},
		"KubeHound does not see */exec":                                          {[]string{"team: create */exec"}, []string{"RBACExecIntoPods in team: PodsOfNamespace SecretsOfNamespace"}},
		"KubeHound takes a namespaced impersonation of users for one that works": {[]string{"team: impersonate users,groups"}, []string{}},
		"KubeHound takes one role at a time for bind": {
			[]string{"team: create rolebindings" + r, "team: bind roles" + r},
			[]string{"RBACBindRoles in team: PodsOfNamespace?", "RBACWriteBindings in team: TamperNamespace"},
		},
		"KubeHound does not take watch for a read of Secrets": {[]string{"team: watch secrets"}, []string{"RBACListSecrets in team: SecretsOfNamespace"}},
		"IceKube does not take update for a change of pods":   {[]string{"team: update pods"}, []string{"RBACUpdatePods in team: PodsOfNamespace"}},
		"IceKube and rbac-police do not take get nodes/proxy for exec": {
			[]string{"get nodes/proxy"},
			[]string{"RBACProxyToNodes: PodsOfCluster SecretsOfCluster ClusterAdmin? NodeRoot? MultiNode?", "RBACReadObjects: Recon"},
		},
		"rbac-police looks for bind on the bindings":          {[]string{"bind rolebindings,clusterrolebindings" + r}, []string{}},
		"KubiScan takes patch of RoleBindings for escalation": {[]string{"team: patch rolebindings" + r}, []string{"RBACWriteBindings in team: TamperNamespace"}},
		"KubiScan does not take patch for a change of workloads": {
			[]string{"team: patch deployments in apps"},
			[]string{"RBACUpdateWorkloads in team: PodsOfNamespace SecretsOfNamespace NodeRoot? MultiNode?"},
		},
		"KubiScan and rbac-police want get pods beside exec": {[]string{"team: create pods/exec"}, []string{"RBACExecIntoPods in team: PodsOfNamespace SecretsOfNamespace"}},
		"extensions is not apps":                             {[]string{"team: create deployments in extensions"}, []string{}},
		"a RoleBinding does not reach nodes":                 {[]string{"team: get nodes/proxy", "team: create persistentvolumes"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			closed := func(string) bool { return false }
			got := heldLines(privilegesOf(t, &Environment{HasClusterAdmin: closed}, test.given...))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
