package attackgraph

import "github.com/daysix/daysix/internal/finding"

// A list and a watch give the content, as get does.
func readSecrets() Edge {
	return Edge{
		ID: "ReadSecrets", Catalogue: []string{"R02g", "R02l"}, ATTACK: []string{"T1552.007"},
		From: between(KindPermissionSet), To: between(KindSecrets, KindSecret),
		Title:   "Read Secrets through the API server",
		Why:     "The API server hands out the content of every Secret in scope, or of those that the rule names.",
		Sources: "Kubernetes documentation, RBAC Good Practices, listing Secrets; KubeHound TOKEN_LIST; rbac-police list_secrets.",
		rights: []right{
			{privileges: powers("RBACListSecrets", "RBACReadSecrets"), consequences: leadsToSecrets(), to: KindSecrets},
			{
				privileges:   powers("RBACListSecrets", "RBACReadSecrets"),
				consequences: []finding.Consequence{finding.ValuableSecret},
				to:           KindSecrets, named: namedSecrets, resolved: true, onlyNamed: true,
			},
		},
	}
}
