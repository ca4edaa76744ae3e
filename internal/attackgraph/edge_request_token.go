package attackgraph

func requestToken() Edge {
	return Edge{
		ID: "RequestToken", Catalogue: []string{"R12"}, ATTACK: []string{"T1528", "T1550.001"},
		From: between(KindPermissionSet), To: between(KindAllServiceAccounts, KindServiceAccount),
		Title:   "Request a token",
		Why:     "A requested token is the identity itself, of any ServiceAccount that the rule reaches.",
		Sources: "Kubernetes documentation, RBAC Good Practices, token request; IceKube GENERATE_TOKEN; rbac-police token_request.",
		rights: []right{{
			privileges: powers("RBACRequestTokens"), consequences: leadsToPods(),
			to: KindAllServiceAccounts, named: namedAccounts, resolved: true,
		}},
	}
}
