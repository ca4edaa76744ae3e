package attackgraph

func redirectNodeProxy() Edge {
	return Edge{
		ID: "RedirectNodeProxy", Catalogue: []string{"R18x"}, ATTACK: []string{"T1078"},
		From: between(KindPermissionSet), To: between(KindClusterAdmin),
		Title:   "Make the API server proxy to itself",
		Why:     "A node whose address is that of the API server makes it use its own credentials on itself.",
		Sources: "Kubernetes issue 119270.",
		rights:  []right{{privileges: powers("RBACRedirectNodeProxy"), consequences: leadsToAdmin(), to: KindClusterAdmin}},
	}
}
