package attackgraph

// Since 1.24 no token Secrets are made by themselves, but those that were made by hand or long ago are still good. Which of
// the Secrets are such is known only where their types are read. The edge leads to the ServiceAccounts one by one and not to
// their hub: who reads Secrets does not act as any ServiceAccount for that.
func tokenSecrets() Edge {
	return Edge{
		ID: "TokenSecret", Catalogue: []string{"R02g", "R02l", "S01"}, ATTACK: []string{"T1528", "T1552.007"},
		From: between(KindSecret, KindSecrets), To: between(KindServiceAccount),
		Title: "Take a token out of a Secret",
		Why: "A Secret of type kubernetes.io/service-account-token holds a token that does not expire. Where such a Secret is " +
			"known, the edge is certain.",
		Condition: "A token Secret of the ServiceAccount must exist.",
		Sources:   "Kubernetes documentation, long-lived ServiceAccount tokens; KubeHound TOKEN_LIST, TOKEN_BRUTEFORCE.",
		because:   "a token Secret holds its token",
		draw: func(d *drawing) {
			condition := d.conditionOf("")
			for namespace, list := range d.known {
				for _, s := range list {
					if bearing, ok := d.bearing[s.slot]; ok {
						to := d.core.account(bearing.account)
						d.edge(bearing.vertex, to, "", reason{})
						d.edge(d.core.hub(secretsHub, int32(namespace)), to, "", reason{})
						d.edge(d.core.hub(secretsHub, absent), to, "", reason{})
					}
				}
			}
			for i, a := range d.accounts {
				d.edge(d.core.hub(secretsHub, d.namespaceAt[a.namespace]), d.core.account(int32(i)), condition, reason{})
				d.edge(d.core.hub(secretsHub, absent), d.core.account(int32(i)), condition, reason{})
			}
		},
	}
}
