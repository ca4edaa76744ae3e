package attackgraph

func serviceAccountInScope() Edge {
	return Edge{
		ID: "ServiceAccountInScope", Catalogue: []string{"R03", "R04", "R12", "R13s", "G09"}, ATTACK: []string{"T1550.001"},
		From: between(KindAllServiceAccounts), To: between(KindServiceAccount),
		Title:   "Choose a ServiceAccount",
		Why:     "Who acts as any ServiceAccount of a scope acts as the strongest of them.",
		Sources: "Catalogue, section D.4: edges to hubs, once.",
		because: "the ServiceAccount is in scope",
		draw: func(d *drawing) {
			for i, a := range d.accounts {
				d.edge(d.core.hub(accountsHub, d.namespaceAt[a.namespace]), d.core.account(int32(i)), "", reason{})
				d.edge(d.core.hub(accountsHub, absent), d.core.account(int32(i)), "", reason{})
			}
		},
	}
}
