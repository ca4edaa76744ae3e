package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	conditionNamedSecrets = "What the named Secrets hold decides."
	conditionTokenSecret  = "A token Secret of a ServiceAccount that is cluster-admin must exist."
	conditionApproval     = "The cluster must approve the certificate requests of bootstrap tokens by itself."
)

// List and watch give the content too. A list with a field selector on metadata.name carries the name, so that a rule
// with resourceNames gives the content of those Secrets. The answer to deletecollection is the list of what was deleted, also where
// it was a dry run and nothing was.
func listSecrets() Privilege {
	return Privilege{
		ID: "RBACListSecrets", Catalogue: []string{"R02l"},
		Title:     "May list or watch Secrets",
		Why:       "A list returns the content of every Secret in scope, not only the names; so does deletecollection, as a dry run too.",
		Fix:       "Mount the Secrets that the workload needs, or allow get on their names.",
		Cluster:   append(certain(finding.SecretsOfCluster), when(conditionTokenSecret, clusterAdmin)),
		Namespace: certain(finding.SecretsOfNamespace),
		Named:     []Effect{when(conditionNamedSecrets, finding.ValuableSecret)},
		Needs:     [][]Access{anyOf(namespaced("", "secrets", "list", "watch", "deletecollection"))},
		Depends:   "ClusterAdmin in a namespace that holds a ServiceAccount that is cluster-admin, where it has a token Secret.",
		ask:       askTokenSecrets,
		Sources:   "Kubernetes documentation, RBAC Good Practices, listing Secrets; KubeHound TOKEN_LIST; rbac-police list_secrets.",
	}
}

// The answer to a patch is the whole Secret, also where the patch changes nothing or is a dry run.
func readSecrets() Privilege {
	return Privilege{
		ID: "RBACReadSecrets", Catalogue: []string{"R02g"},
		Title:     "May read Secrets by name",
		Why:       "Names of Secrets are in pod specs and are easily guessed; a get or an empty patch gives the content of one.",
		Fix:       "Mount the Secrets that the workload needs, or limit the rule to their names.",
		Cluster:   append(certain(finding.SecretsOfCluster), when(conditionTokenSecret, clusterAdmin)),
		Namespace: certain(finding.SecretsOfNamespace),
		Named:     []Effect{when(conditionNamedSecrets, finding.ValuableSecret)},
		Needs:     [][]Access{anyOf(namespaced("", "secrets", "get", "patch"))},
		Depends:   "ClusterAdmin in a namespace that holds a ServiceAccount that is cluster-admin, where it has a token Secret.",
		ask:       askTokenSecrets,
		Sources:   "Kubernetes documentation, RBAC Good Practices; KubeHound TOKEN_BRUTEFORCE; rbac-police retrieve_token_secrets.",
	}
}

// askTokenSecrets adds what a token Secret would give, in the namespaces that hold a ServiceAccount worth it.
func askTokenSecrets(_ *Rights, env *Environment, h *Held) {
	if !h.Cluster() && len(h.ResourceNames) == 0 {
		env.withIdentities(h, conditionTokenSecret)
	}
}

// A Secret of type kubernetes.io/service-account-token that names a ServiceAccount is filled with its token.
func mintTokenSecrets() Privilege {
	return Privilege{
		ID: "RBACMintTokenSecrets", Catalogue: []string{"R03"},
		Title: "May make token Secrets and read them",
		Why: "The control plane fills a new token Secret with the token of any ServiceAccount of the namespace; reading it " +
			"back, or mounting it, gives that identity.",
		Fix:     "Remove create on Secrets, or the right to read them or to create pods.",
		Cluster: certain(finding.PodsOfCluster), Namespace: certain(finding.PodsOfNamespace), Identities: true,
		Needs: [][]Access{
			anyOf(namespaced("", "secrets", "create")),
			anyOf(
				namespaced("", "secrets", "get", "list", "watch", "patch", "deletecollection"), namespaced("", "pods", "create"),
			),
		},
		Sources: "Kubernetes documentation, long-lived ServiceAccount tokens; IceKube CREATE_SECRET_WITH_TOKEN; rbac-police " +
			"issue_token_secrets.",
	}
}

func writeSecrets() Privilege {
	return Privilege{
		ID: "RBACWriteSecrets", Catalogue: []string{"R03u"},
		Title:   "May change Secrets",
		Why:     "The holder replaces keys, pull credentials, release data and repository credentials that other workloads trust.",
		Fix:     "Limit the rule to the Secrets that the workload writes.",
		Cluster: certain(finding.TamperCluster), Namespace: certain(finding.TamperNamespace), Named: certain(finding.TamperNamespace),
		Needs:   [][]Access{anyOf(namespaced("", "secrets", "update", "patch"))},
		Sources: "Derived from the use of Secrets by workloads.",
	}
}

func createBootstrapTokens() Privilege {
	effects := []Effect{when(conditionApproval, finding.NodeRead)}
	return Privilege{
		ID: "RBACCreateBootstrapTokens", Catalogue: []string{"R46"},
		Title: "May make bootstrap tokens",
		Why: "A Secret of type bootstrap.kubernetes.io/token in kube-system is a credential that may ask for the certificate " +
			"of a new node.",
		Fix:     "Remove create on Secrets of kube-system.",
		Cluster: effects, Namespace: effects,
		Needs:   [][]Access{anyOf(namespaced("", "secrets", "create").in(systemNamespace))},
		Sources: "Kubernetes documentation, Authenticating with bootstrap tokens.",
	}
}
