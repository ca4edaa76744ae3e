package rbac

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/finding"
)

const authenticationGroup = "authentication.k8s.io"

const (
	conditionNamedIdentities = "What the named identities may do decides."
	conditionAdminUser       = "A user other than a ServiceAccount must be cluster-admin."
	conditionConstrained     = "Constrained impersonation must be on (beta since 1.36), and the verbs given with it decide."
	conditionCloudRole       = "A cloud role must trust the ServiceAccount."
)

// Groups come with a name: of a user or of a ServiceAccount, wherever the holder may impersonate one.
func impersonateGroups() Privilege {
	return Privilege{
		ID: "RBACImpersonateGroups", Catalogue: []string{"R13"},
		Title: "May impersonate groups",
		Why: "A request in the name of system:masters is let through before RBAC is asked. The name that goes with the group " +
			"may come from users or from ServiceAccounts.",
		Fix:     "Remove impersonate on groups, or limit it by resourceNames.",
		Cluster: certain(clusterAdmin), Namespace: certain(clusterAdmin),
		Named: []Effect{when(conditionNamedIdentities, clusterAdmin)},
		Needs: [][]Access{
			anyOf(clusterScoped("", "groups", "impersonate")),
			anyOf(clusterScoped("", "users", "impersonate"), namespaced("", "serviceaccounts", "impersonate")),
		},
		Depends: "Certain where one of the names is system:masters or a group that is cluster-admin.",
		ask: func(_ *Rights, env *Environment, h *Held) {
			if slices.ContainsFunc(h.ResourceNames, func(name string) bool {
				return name == GroupMasters || slices.Contains(env.Admins, Group(name))
			}) {
				h.Effects = certain(clusterAdmin)
			}
		},
		Sources: "Kubernetes source, filters/impersonation; KubeHound IDENTITY_IMPERSONATE; IceKube CAN_IMPERSONATE; rbac-police " +
			"impersonate.",
	}
}

// The names of ServiceAccounts are asked for under serviceaccounts, so that users alone does not give them.
func impersonateUsers() Privilege {
	return Privilege{
		ID: "RBACImpersonateUsers", Catalogue: []string{"R13"},
		Title: "May impersonate users",
		Why: "Every right that a binding gives to a user by name is the holder's; the users of the control plane and of the " +
			"nodes are among them.",
		Fix:     "Remove impersonate on users, or limit it by resourceNames.",
		Cluster: certain(finding.PodsOfCluster), Named: []Effect{when(conditionNamedIdentities, finding.PodsOfCluster)},
		Needs:   [][]Access{anyOf(clusterScoped("", "users", "impersonate"))},
		Depends: "ClusterAdmin, certain where a user that can be impersonated is known to be cluster-admin.",
		ask: func(_ *Rights, env *Environment, h *Held) {
			switch {
			case slices.ContainsFunc(h.ResourceNames, func(name string) bool { return slices.Contains(env.Admins, User(name)) }):
				h.add(certain(clusterAdmin)...)
			case len(h.ResourceNames) > 0:
			case env.knowsAdmin(rbacv1.UserKind):
				h.add(certain(clusterAdmin)...)
			default:
				h.add(when(conditionAdminUser, clusterAdmin))
			}
		},
		Sources: "Kubernetes documentation, user impersonation; KubeHound IDENTITY_IMPERSONATE; KubiScan risky-any-verb-users.",
	}
}

func impersonateServiceAccounts() Privilege {
	return Privilege{
		ID: "RBACImpersonateServiceAccounts", Catalogue: []string{"R13s"},
		Title:   "May impersonate ServiceAccounts",
		Why:     "The holder acts as any ServiceAccount of the scope. A RoleBinding gives this for its namespace.",
		Fix:     "Remove impersonate on serviceaccounts; the built-in ClusterRole edit has it, so bind a smaller one.",
		Cluster: certain(finding.PodsOfCluster), Namespace: certain(finding.PodsOfNamespace), Identities: true,
		Named:   []Effect{when(conditionNamedIdentities, finding.PodsOfNamespace)},
		Needs:   [][]Access{anyOf(namespaced("", "serviceaccounts", "impersonate"))},
		Sources: "Kubernetes source, filters/impersonation; IceKube CAN_IMPERSONATE; rbac-police impersonate.",
	}
}

func impersonateExtras() Privilege {
	return Privilege{
		ID: "RBACImpersonateExtras", Catalogue: []string{"R13"},
		Title: "May impersonate extra fields or UIDs of users",
		Why: "Extra fields and UIDs carry scopes and session data that other authorizers may trust. They need an impersonated " +
			"user.",
		Fix:     "Remove userextras and uids from the rule.",
		Cluster: certain(finding.TamperCluster),
		Needs: [][]Access{
			anyOf(
				clusterScoped(authenticationGroup, "userextras", "impersonate"),
				clusterScoped(authenticationGroup, "uids", "impersonate"),
				clusterScoped(authenticationGroup, "userextras/scopes", "impersonate"),
			),
			anyOf(clusterScoped("", "users", "impersonate"), namespaced("", "serviceaccounts", "impersonate")),
		},
		Namespace: certain(finding.TamperNamespace),
		Sources:   "Kubernetes documentation, user impersonation.",
	}
}

// Constrained impersonation (KEP-5284) asks twice: for the identity, and for the verb on the target.
func impersonateConstrained() Privilege {
	var on []string
	for _, mode := range []string{"user-info", "serviceaccount", "arbitrary-node", "associated-node"} {
		for _, verb := range []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"} {
			on = append(on, "impersonate-on:"+mode+":"+verb)
		}
	}
	return Privilege{
		ID: "RBACImpersonateConstrained", Catalogue: []string{"R13c"},
		Title: "May impersonate within limits",
		Why: "The holder acts as another identity for the verbs and resources named in impersonate-on rules. system:masters is " +
			"out of its reach.",
		Fix:       "Limit the identities by resourceNames and the verbs to those that are used.",
		Cluster:   []Effect{when(conditionConstrained, finding.PodsOfCluster)},
		Namespace: []Effect{when(conditionConstrained, finding.PodsOfNamespace)},
		Needs: [][]Access{
			anyOf(
				clusterScoped(authenticationGroup, "users", "impersonate:user-info"),
				clusterScoped(authenticationGroup, "groups", "impersonate:user-info"),
				namespaced(authenticationGroup, "serviceaccounts", "impersonate:serviceaccount"),
				clusterScoped(authenticationGroup, "nodes", "impersonate:arbitrary-node", "impersonate:associated-node"),
			),
			anyOf(Access{Verbs: on}),
		},
		Sources: "KEP-5284.",
	}
}

func requestTokens() Privilege {
	return Privilege{
		ID: "RBACRequestTokens", Catalogue: []string{"R12"},
		Title:   "May request tokens of ServiceAccounts",
		Why:     "A requested token is the identity itself; it need not be bound to a pod and outlives the workload.",
		Fix:     "Limit the rule by resourceNames to the ServiceAccounts that the workload manages.",
		Cluster: certain(finding.PodsOfCluster), Namespace: certain(finding.PodsOfNamespace), Identities: true,
		Named:   []Effect{when(conditionNamedIdentities, finding.PodsOfNamespace)},
		Needs:   [][]Access{anyOf(namespaced("", "serviceaccounts/token", "create"))},
		Sources: "Kubernetes documentation, RBAC Good Practices, token request; rbac-police token_request; IceKube GENERATE_TOKEN.",
	}
}

const certificatesGroup = "certificates.k8s.io"

func issueClientCertificates() Privilege {
	return Privilege{
		ID: "RBACIssueClientCertificates", Catalogue: []string{"R17"},
		Title:   "May issue client certificates",
		Why:     "The holder requests a certificate for any user or group but system:masters, and approves it itself.",
		Fix:     "Remove one of the three: the request, its approval, or approve on the signer.",
		Cluster: certain(finding.PodsOfCluster),
		Needs: [][]Access{
			anyOf(clusterScoped(certificatesGroup, "certificatesigningrequests", "create")),
			anyOf(clusterScoped(certificatesGroup, "certificatesigningrequests/approval", "update", "patch")),
			anyOf(clusterScoped(certificatesGroup, "signers", "approve").named("kubernetes.io/kube-apiserver-client", "kubernetes.io/*")),
		},
		Depends: "ClusterAdmin, certain where a user or group other than system:masters is known to be cluster-admin.",
		ask: func(_ *Rights, env *Environment, h *Held) {
			if env.knowsAdmin(rbacv1.UserKind, rbacv1.GroupKind) {
				h.add(certain(clusterAdmin)...)
			} else {
				h.add(when("A user or group other than system:masters must be cluster-admin.", clusterAdmin))
			}
		},
		Sources: "Kubernetes documentation, RBAC Good Practices, CSRs; IceKube GENERATE_CLIENT_CERTIFICATE; rbac-police approve_csrs.",
	}
}

func signCertificates() Privilege {
	return Privilege{
		ID: "RBACSignCertificates", Catalogue: []string{"R17s"},
		Title:   "May sign certificate requests",
		Why:     "Signing needs the key of the certificate authority too: nothing by itself.",
		Fix:     "Leave signing to the controller that holds the key.",
		Cluster: certain(finding.Contained),
		Needs: [][]Access{
			anyOf(clusterScoped(certificatesGroup, "signers", "sign")),
			anyOf(clusterScoped(certificatesGroup, "certificatesigningrequests/status", "update", "patch")),
		},
		Sources: "Kubernetes documentation, certificate signing requests.",
	}
}

func writeTrust() Privilege {
	return Privilege{
		ID: "RBACWriteTrustBundles", Catalogue: []string{"R43"},
		Title: "May change what workloads trust",
		Why: "A trust bundle decides whose certificates the workloads that mount it accept; a pod certificate is an identity " +
			"to them.",
		Fix:       "Leave clustertrustbundles and podcertificaterequests to the signer.",
		Cluster:   []Effect{when("Workloads must use the bundle or the signer.", finding.InterceptCluster)},
		Namespace: []Effect{when("Workloads must use the signer.", finding.InterceptService)},
		Needs: [][]Access{anyOf(
			clusterScoped(certificatesGroup, "clustertrustbundles", "create", "update", "patch"),
			namespaced(certificatesGroup, "podcertificaterequests", "create"),
			namespaced(certificatesGroup, "podcertificaterequests/status", "update", "patch"),
		)},
		Sources: "KEP-3257; KEP-4317.",
	}
}

func writeServiceAccounts() Privilege {
	return Privilege{
		ID: "RBACWriteServiceAccounts", Catalogue: []string{"R44"},
		Title: "May write ServiceAccounts",
		Why: "An annotation can give a cloud role to the pods of a ServiceAccount; imagePullSecrets and token mounting can be " +
			"turned on.",
		Fix:       "Leave ServiceAccounts to the tool that deploys them.",
		Cluster:   append(certain(finding.TamperCluster), when(conditionCloudRole, finding.ValuableSecret)),
		Namespace: append(certain(finding.TamperNamespace), when(conditionCloudRole, finding.ValuableSecret)),
		Needs:     [][]Access{anyOf(namespaced("", "serviceaccounts", "create", "update", "patch"))},
		Sources:   "rbac-police providerIAM; documentation of IRSA, GKE and Azure workload identity.",
	}
}
