package rbac

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/finding"
)

// policy is the smallest rule that gives one way of a need with one verb.
func policy(a *Access, verb string) rbacv1.PolicyRule {
	if a.Path != "" {
		return rbacv1.PolicyRule{Verbs: []string{verb}, NonResourceURLs: []string{a.Path}}
	}
	resource := a.Resource
	if resource == "" {
		resource = "gadgets"
	}
	return rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{a.APIGroup}, Resources: []string{resource}}
}

// give binds one rule to the app.
func give(x *Index, name, namespace string, r rbacv1.PolicyRule) {
	role := clusterRole(name)
	role.Rules = []rbacv1.PolicyRule{r}
	x.UpsertClusterRole(role)
	if namespace == "" {
		x.UpsertClusterRoleBinding(clusterRoleBinding(name, name, app))
		return
	}
	x.UpsertRoleBinding(roleBinding(namespace, name, "ClusterRole", name, app))
}

// Every way and every verb of every need counts; without one of its needs the privilege is gone.
func TestEveryWayOfEveryNeedGivesThePrivilege(t *testing.T) {
	for _, p := range Registry() {
		t.Run(string(p.ID), func(t *testing.T) {
			for n, need := range p.Needs {
				for w := range need {
					for _, verb := range need[w].Verbs {
						x := New()
						give(x, "way", "", policy(&need[w], verb))
						for other := range p.Needs {
							if other != n {
								give(x, "other"+string(rune('0'+other)), "", policy(&p.Needs[other][0], p.Needs[other][0].Verbs[0]))
							}
						}
						rights := x.Resolve(app)
						if !hasPrivilege(rights.Privileges(&Environment{AWS: true}), p.ID) {
							t.Errorf("%s by %s is not enough", need[w].String(), verb)
						}
					}
				}
				x := New()
				for other := range p.Needs {
					if other != n {
						give(x, "other"+string(rune('0'+other)), "", policy(&p.Needs[other][0], p.Needs[other][0].Verbs[0]))
					}
				}
				rights := x.Resolve(app)
				if hasPrivilege(rights.Privileges(&Environment{}), p.ID) {
					t.Errorf("held without need %d", n)
				}
			}
		})
	}
}

// A RoleBinding gives what is judged in its namespace and nothing else.
func TestARoleBindingGivesNoAccessToWhatHasNoNamespace(t *testing.T) {
	for _, p := range Registry() {
		t.Run(string(p.ID), func(t *testing.T) {
			namespace := "team"
			if p.Needs[0][0].Namespace != "" {
				namespace = p.Needs[0][0].Namespace
			}
			x := New()
			clusterWide := false
			for n := range p.Needs {
				a := &p.Needs[n][0]
				clusterWide = clusterWide || a.ClusterScoped || a.Path != ""
				give(x, "r"+string(rune('0'+n)), namespace, policy(a, a.Verbs[0]))
			}
			rights := x.Resolve(app)
			if got := hasPrivilege(rights.Privileges(&Environment{AWS: true}), p.ID); got == clusterWide {
				t.Errorf("held in a namespace: %v, needs the whole cluster: %v", got, clusterWide)
			}
		})
	}
}

const inRBAC = " in rbac.authorization.k8s.io"

// linesOf are the held privileges of some IDs, as lines.
func linesOf(held []Held, ids ...finding.CheckID) []string {
	kept := slices.DeleteFunc(held, func(h Held) bool { return !slices.Contains(ids, h.Privilege.ID) })
	return heldLines(kept)
}

// combination is what rights, each by a binding of its own, give of one privilege.
type combination struct {
	given []string
	env   Environment
	id    finding.CheckID
	want  []string
}

func noAdmins(string) bool { return false }

func checkCombinations(t *testing.T, tests map[string]combination) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, linesOf(privilegesOf(t, &test.env, test.given...), test.id)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCombinationsOfRolesAndBindings(t *testing.T) {
	checkCombinations(t, map[string]combination{
		"token Secrets by two bindings": {
			[]string{"team: create secrets", "get secrets"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACMintTokenSecrets",
			[]string{"RBACMintTokenSecrets in team: PodsOfNamespace"},
		},
		"token Secrets read back by mounting them": {
			[]string{"team: create secrets", "team: create pods"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACMintTokenSecrets",
			[]string{"RBACMintTokenSecrets in team: PodsOfNamespace"},
		},
		"token Secrets read back by a patch": {
			[]string{"team: create secrets", "team: patch secrets"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACMintTokenSecrets",
			[]string{"RBACMintTokenSecrets in team: PodsOfNamespace"},
		},
		"a patch that changes nothing reads": {
			[]string{"team: patch secrets"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACReadSecrets",
			[]string{"RBACReadSecrets in team: SecretsOfNamespace"},
		},
		"a patch by name reads what it names": {
			[]string{"team: patch secrets named db"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACReadSecrets",
			[]string{"RBACReadSecrets in team named db: ValuableSecret?"},
		},
		"an update does not read": {[]string{"team: update secrets"}, Environment{HasClusterAdmin: noAdmins}, "RBACReadSecrets", []string{}},
		"a deletion of all, as a dry run, reads": {
			[]string{"team: deletecollection secrets"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACListSecrets",
			[]string{"RBACListSecrets in team: SecretsOfNamespace"},
		},
		"token Secrets need the same namespace": {[]string{"team: create secrets", "other: get secrets"}, Environment{}, "RBACMintTokenSecrets", []string{}},
		"a binding and bind in the cluster": {
			[]string{"create clusterrolebindings" + inRBAC, "bind clusterroles" + inRBAC},
			Environment{},
			"RBACBindClusterRolesInCluster",
			[]string{"RBACBindClusterRolesInCluster: ClusterAdmin"},
		},
		"bind on harmless roles is conditional": {
			[]string{"create clusterrolebindings" + inRBAC, "bind clusterroles" + inRBAC + " named view"},
			Environment{},
			"RBACBindClusterRolesInCluster",
			[]string{"RBACBindClusterRolesInCluster named view: ClusterAdmin?"},
		},
		"bind on cluster-admin by name is not": {
			[]string{"create clusterrolebindings" + inRBAC, "bind clusterroles" + inRBAC + " named cluster-admin,view"},
			Environment{},
			"RBACBindClusterRolesInCluster",
			[]string{"RBACBindClusterRolesInCluster named cluster-admin,view: ClusterAdmin"},
		},
		"bind on ClusterRoles works in a namespace": {
			[]string{"team: create rolebindings" + inRBAC, "team: bind clusterroles" + inRBAC},
			Environment{HasClusterAdmin: noAdmins},
			"RBACBindClusterRolesInNamespace",
			[]string{"RBACBindClusterRolesInNamespace in team: PodsOfNamespace SecretsOfNamespace NodeRoot? MultiNode?"},
		},
		"bind without bindings": {[]string{"bind clusterroles" + inRBAC}, Environment{}, "RBACBindClusterRolesInCluster", []string{}},
		"escalate and update, bound by the same role": {
			[]string{"escalate,update clusterroles" + inRBAC}, Environment{}, "RBACEscalateClusterRoles", []string{"RBACEscalateClusterRoles: ClusterAdmin"},
		},
		"escalate and create alone need a binding": {
			[]string{"escalate,create clusterroles" + inRBAC}, Environment{}, "RBACEscalateClusterRoles", []string{"RBACEscalateClusterRoles: ClusterAdmin?"},
		},
		"escalate on a role that it is not bound to": {
			[]string{"escalate,update clusterroles" + inRBAC + " named foreign"},
			Environment{},
			"RBACEscalateClusterRoles",
			[]string{"RBACEscalateClusterRoles named foreign: ClusterAdmin?"},
		},
		"escalate on its own role by name": {
			[]string{"escalate,update clusterroles" + inRBAC + " named ra"},
			Environment{},
			"RBACEscalateClusterRoles",
			[]string{"RBACEscalateClusterRoles named ra: ClusterAdmin"},
		},
		"escalate and create of a role that a binding waits for": {
			[]string{"team: escalate,create roles" + inRBAC, "latent: team/later"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACEscalateRoles",
			[]string{"RBACEscalateRoles in team: PodsOfNamespace SecretsOfNamespace NodeRoot? MultiNode?"},
		},
		"escalate and update on different names": {
			[]string{"escalate clusterroles" + inRBAC + " named a", "update clusterroles" + inRBAC + " named b"}, Environment{}, "RBACEscalateClusterRoles", []string{},
		},
	})
}

func TestCombinationsOfIdentities(t *testing.T) {
	checkCombinations(t, map[string]combination{
		"certificates with a known admin group": {
			[]string{
				"create certificatesigningrequests in certificates.k8s.io", "patch certificatesigningrequests/approval in certificates.k8s.io",
				"approve signers in certificates.k8s.io named kubernetes.io/*",
			},
			Environment{Admins: []Subject{Group("kubeadm:cluster-admins")}},
			"RBACIssueClientCertificates",
			[]string{"RBACIssueClientCertificates named kubernetes.io/*: ClusterAdmin PodsOfCluster"},
		},
		"certificates where only system:masters is known": {
			[]string{
				"create certificatesigningrequests in certificates.k8s.io", "patch certificatesigningrequests/approval in certificates.k8s.io",
				"approve signers in certificates.k8s.io",
			},
			Environment{Admins: []Subject{Group(GroupMasters)}},
			"RBACIssueClientCertificates",
			[]string{"RBACIssueClientCertificates: PodsOfCluster ClusterAdmin?"},
		},
		"certificates by another signer": {
			[]string{
				"create certificatesigningrequests in certificates.k8s.io", "patch certificatesigningrequests/approval in certificates.k8s.io",
				"approve signers in certificates.k8s.io named example.com/serving",
			},
			Environment{},
			"RBACIssueClientCertificates",
			[]string{},
		},
		"groups with a ServiceAccount of one namespace": {
			[]string{"impersonate groups", "team: impersonate serviceaccounts"},
			Environment{},
			"RBACImpersonateGroups",
			[]string{"RBACImpersonateGroups in team: ClusterAdmin"},
		},
		"groups alone": {[]string{"impersonate groups"}, Environment{}, "RBACImpersonateGroups", []string{}},
		"a harmless group by name": {
			[]string{"impersonate groups named developers", "impersonate users"},
			Environment{},
			"RBACImpersonateGroups",
			[]string{"RBACImpersonateGroups named developers: ClusterAdmin?"},
		},
		"system:masters by name": {
			[]string{"impersonate groups named system:masters", "impersonate users"},
			Environment{},
			"RBACImpersonateGroups",
			[]string{"RBACImpersonateGroups named system:masters: ClusterAdmin"},
		},
		"constrained impersonation": {
			[]string{"impersonate:user-info users in authentication.k8s.io", "impersonate-on:user-info:list pods"},
			Environment{},
			"RBACImpersonateConstrained",
			[]string{"RBACImpersonateConstrained: PodsOfCluster?"},
		},
	})
}

func TestCombinationsOfNodesNamespacesAndStorage(t *testing.T) {
	checkCombinations(t, map[string]combination{
		"the kubelet proxy with the node's address": {
			[]string{"get nodes/proxy", "patch nodes/status"}, Environment{}, "RBACRedirectNodeProxy", []string{"RBACRedirectNodeProxy: ClusterAdmin"},
		},
		"stealing pods of a namespace": {
			[]string{"patch nodes", "team: create pods/eviction"}, Environment{}, "RBACStealPods", []string{"RBACStealPods in team: PodsOfNamespace?"},
		},
		"hostPath volumes with pods in a namespace": {
			[]string{"create persistentvolumes", "team: create jobs in batch"},
			Environment{},
			"RBACMountHostPathVolumes",
			[]string{"RBACMountHostPathVolumes in team: NodeRoot MultiNode"},
		},
		"Pod Security lowered by a RoleBinding": {
			[]string{"team: patch namespaces", "team: create pods"},
			Environment{},
			"RBACLowerPodSecurity",
			[]string{"RBACLowerPodSecurity in team: NodeRoot MultiNode"},
		},
		"Pod Security lowered by a cluster-wide rule that names the namespace": {
			[]string{"patch namespaces named team", "create pods"},
			Environment{},
			"RBACLowerPodSecurity",
			[]string{"RBACLowerPodSecurity in team: NodeRoot MultiNode"},
		},
		"Pod Security of another namespace": {[]string{"team: patch namespaces named other", "team: create pods"}, Environment{}, "RBACLowerPodSecurity", []string{}},
		"aws-auth on EKS": {
			[]string{"kube-system: patch configmaps"}, Environment{AWS: true}, "RBACMapAWSIdentities", []string{"RBACMapAWSIdentities in kube-system: ClusterAdmin?"},
		},
		"aws-auth elsewhere":            {[]string{"kube-system: patch configmaps"}, Environment{}, "RBACMapAWSIdentities", []string{"RBACMapAWSIdentities in kube-system: "}},
		"aws-auth of another namespace": {[]string{"team: patch configmaps"}, Environment{AWS: true}, "RBACMapAWSIdentities", []string{}},
	})
}

func TestResourceNamesLimitPrivileges(t *testing.T) {
	checkCombinations(t, map[string]combination{
		"create by name is no create": {[]string{"team: create pods named x"}, Environment{}, "RBACCreatePods", []string{}},
		"create by name with server-side apply is": {
			[]string{"team: create pods named x,y", "team: patch pods named x"},
			Environment{HasClusterAdmin: noAdmins},
			"RBACCreatePods",
			[]string{"RBACCreatePods in team named x: PodsOfNamespace SecretsOfNamespace NodeRoot? MultiNode?"},
		},
		"deletecollection by name is nothing": {[]string{"team: deletecollection pods named x"}, Environment{}, "RBACDeletePods", []string{}},
		"exec by name":                        {[]string{"team: create pods/exec named x"}, Environment{}, "RBACExecIntoPods", []string{"RBACExecIntoPods in team named x: PodsOfNamespace"}},
	})
}

func TestPodCreationAsksPodSecurityAndTheIdentities(t *testing.T) {
	levels := map[string]PodSecurityLevel{"a": PodSecurityPrivileged, "b": PodSecurityRestricted, "c": PodSecurityUnknown, "": PodSecurityBaseline}
	admins := map[string]bool{"": true, "b": true}
	env := &Environment{
		PodSecurity:     func(namespace string) PodSecurityLevel { return levels[namespace] },
		HasClusterAdmin: func(namespace string) bool { return admins[namespace] },
	}
	for name, test := range map[string]struct {
		given []string
		want  string
	}{
		"the whole cluster":     {[]string{"create pods"}, "RBACCreatePods: ClusterAdmin PodsOfCluster SecretsOfCluster"},
		"an open namespace":     {[]string{"a: create pods"}, "RBACCreatePods in a: NodeRoot MultiNode PodsOfNamespace SecretsOfNamespace"},
		"a closed one":          {[]string{"b: create pods"}, "RBACCreatePods in b: ClusterAdmin PodsOfNamespace SecretsOfNamespace"},
		"one that is not known": {[]string{"c: create pods"}, "RBACCreatePods in c: PodsOfNamespace SecretsOfNamespace NodeRoot? MultiNode?"},
		"several": {
			[]string{"c: create pods", "b: create pods", "a: create pods"},
			"RBACCreatePods in a,b,c: ClusterAdmin@b NodeRoot@a MultiNode@a PodsOfNamespace SecretsOfNamespace",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{test.want}, linesOf(privilegesOf(t, env, test.given...), "RBACCreatePods")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A namespace that nobody tells of may admit what those that are known refuse, and less must not be said of a right in the whole
// cluster than of a part of it.
func TestPodCreationInTheWholeClusterWhereALevelIsNotKnown(t *testing.T) {
	for name, test := range map[string]struct {
		whole  PodSecurityLevel
		untold string
		given  []string
		want   string // the condition of root on a node: empty where it is certain, "none" where it does not lead there
	}{
		"all refuse": {PodSecurityRestricted, "", []string{"create pods"}, "none"},
		"some are not known": {
			PodSecurityUnknown, "",
			[]string{"create pods"},
			"Pod Security of a namespace must admit privileged pods; the levels of some are not known.",
		},
		"one is not known": {
			PodSecurityUnknown, "bank",
			[]string{"create pods"},
			"Pod Security of namespace bank must admit privileged pods; its level is not known.",
		},
		"one that a RoleBinding of its own names is not known": {
			PodSecurityRestricted, "",
			[]string{"create pods", "known: get pods", "bank: get pods"},
			"Pod Security of namespace bank must admit privileged pods; its level is not known.",
		},
		"any admits": {PodSecurityPrivileged, "", []string{"create pods", "bank: create pods"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			env := &Environment{HasClusterAdmin: noAdmins, Untold: test.untold, PodSecurity: func(namespace string) PodSecurityLevel {
				return map[string]PodSecurityLevel{"": test.whole, "known": PodSecurityRestricted}[namespace]
			}}
			got := "none"
			for _, h := range privilegesOf(t, env, test.given...) {
				for _, e := range h.Effects {
					if h.Privilege.ID == "RBACCreatePods" && e.Consequence == finding.NodeRoot {
						got = e.Condition
					}
				}
			}
			if got != test.want {
				t.Errorf("root on a node: %s, want %s", got, test.want)
			}
		})
	}
}

func TestAPrivilegeNamesTheGrantsThatGiveIt(t *testing.T) {
	x := New()
	grantTo(x, app, "team", "one", "get pods", "create rolebindings"+inRBAC)
	grantTo(x, Group(GroupAuthenticated), "team", "two", "bind roles"+inRBAC)
	grantTo(x, app, "other", "one", "get pods", "create rolebindings"+inRBAC)
	rights := x.Resolve(app)
	for _, h := range rights.Privileges(&Environment{}) {
		if h.Privilege.ID != "RBACBindRoles" {
			continue
		}
		var got []string
		for _, g := range h.Grants {
			got = append(got, g.Subject.String()+" "+g.Binding.String()+" "+g.Role.String()+" "+g.Rule.String())
		}
		want := []string{
			"system:serviceaccount:team:app RoleBinding team/one ClusterRole one create rolebindings in group rbac.authorization.k8s.io",
			"group system:authenticated RoleBinding team/two ClusterRole two bind roles in group rbac.authorization.k8s.io",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		return
	}
	t.Error("not found")
}

// Namespaces with the same rights are judged once; every one of them and its grants are reported.
func TestNamespacesWithTheSameRightsAreReportedTogether(t *testing.T) {
	held := privilegesOf(t, &Environment{HasClusterAdmin: func(string) bool { return false }}, "n3: get secrets", "n1: get secrets", "n2: get secrets named db", "kube-system: get secrets")
	want := []string{"RBACReadSecrets in kube-system,n1,n3: SecretsOfNamespace", "RBACReadSecrets in n2 named db: ValuableSecret?"}
	if diff := cmp.Diff(want, heldLines(held)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := len(held[0].Grants); got != 3 {
		t.Errorf("%d grants", got)
	}
}

// A privilege that names a namespace is not that of others with the same rights.
func TestANamespaceThatMattersIsJudgedAlone(t *testing.T) {
	held := privilegesOf(t, &Environment{}, "apps: create secrets", "kube-system: create secrets", "team: create secrets")
	want := []string{"RBACCreateBootstrapTokens in kube-system: NodeRead?"}
	if diff := cmp.Diff(want, heldLines(held)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClusterAdminImpliesTheRest(t *testing.T) {
	held := privilegesOf(t, &Environment{}, "* * in *", "team: create pods", "get url /metrics")
	if diff := cmp.Diff([]string{"RBACClusterAdmin: ClusterAdmin NodeRoot? MultiNode?"}, linesOf(slices.Clone(held), everythingID)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i := range held {
		if held[i].Implied == (held[i].Privilege.ID == everythingID) {
			t.Errorf("%s: implied %v", held[i].Privilege.ID, held[i].Implied)
		}
	}
	held = privilegesOf(t, &Environment{}, "team: * * in *", "other: create pods", "patch nodes")
	for i := range held {
		inTeam := slices.Equal(held[i].Namespaces, []string{"team"})
		if want := inTeam && held[i].Privilege.ID != everythingID; held[i].Implied != want {
			t.Errorf("%s: implied %v", heldLine(&held[i]), held[i].Implied)
		}
	}
}

func TestTheConfigurationAddsCustomResources(t *testing.T) {
	x := New(CustomResource{APIGroup: "example.com", Resource: "bakers", Field: "spec.oven"})
	grantTo(x, app, "team", "r", "create bakers,workflows in example.com,argoproj.io")
	rights := x.Resolve(app)
	held := rights.Privileges(&Environment{})
	want := []string{"bakers.example.com: spec.oven", "workflows.argoproj.io: spec.templates[*].container"}
	if len(held) != 1 || held[0].Privilege.ID != "RBACCreateCustomResources" {
		t.Fatalf("got %q", heldLines(held))
	}
	if diff := cmp.Diff(want, held[0].Details); diff != "" {
		t.Error(diff)
	}
}

// What every ServiceAccount has by default is no privilege.
func TestTheDefaultRightsOfEveryoneAreNoPrivilege(t *testing.T) {
	x := New()
	everyone := Group(GroupAuthenticated)
	grantTo(x, everyone, "", "basic-user", "create selfsubjectaccessreviews,selfsubjectrulesreviews in authorization.k8s.io")
	grantTo(x, everyone, "", "discovery", "get url /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/")
	grantTo(x, Group(GroupServiceAccounts), "", "trust", "get,list,watch clustertrustbundles in certificates.k8s.io")
	grantTo(x, Group(GroupServiceAccounts), "", "issuer", "get url /.well-known/openid-configuration,/openid/v1/jwks")
	rights := x.Resolve(app)
	if held := rights.Privileges(&Environment{}); len(held) != 0 {
		t.Errorf("got %q", heldLines(held))
	}
}

// The built-in ClusterRole edit owns its namespace: the words of the catalogue, section B.
func TestEditOwnsItsNamespace(t *testing.T) {
	held := privilegesOf(t, &Environment{},
		"team: get,list,watch,create,delete,deletecollection,patch,update secrets,configmaps,pods,services,serviceaccounts",
		"team: get,list,watch,create pods/attach,pods/exec,pods/portforward,pods/proxy,services/proxy", "team: impersonate serviceaccounts",
		"team: create serviceaccounts/token,pods/eviction", "team: create,delete,deletecollection,patch,update deployments,daemonsets in apps")
	for id := range strings.FieldsSeq("RBACReadSecrets RBACListSecrets RBACMintTokenSecrets RBACCreatePods RBACUpdatePods RBACExecIntoPods " +
		"RBACAttachToPods RBACForwardPorts RBACProxyToPods RBACRequestTokens RBACImpersonateServiceAccounts RBACCreateWorkloads RBACUpdateWorkloads RBACDeletePods") {
		if !hasPrivilege(held, finding.CheckID(id)) {
			t.Errorf("%s is not found", id)
		}
	}
}

func TestTheAnonymousUserHasTheRightsOfItsGroup(t *testing.T) {
	x := New()
	grantTo(x, Group(GroupUnauthenticated), "", "open", "get secrets")
	rights := x.Resolve(User(UserAnonymous))
	if !hasPrivilege(rights.Privileges(&Environment{}), "RBACReadSecrets") {
		t.Error("not found")
	}
	if rights = x.Resolve(app); len(rights.Grants()) != 0 {
		t.Error("a ServiceAccount is not anonymous")
	}
}
