package attackgraph

// Names, where the rule has them, are those of Secrets: the ServiceAccount is the holder's to choose.
func mintTokenSecret() Edge {
	return Edge{
		ID: "MintTokenSecret", Catalogue: []string{"R03"}, ATTACK: []string{"T1528", "T1552.007"},
		From: between(KindPermissionSet), To: between(KindAllServiceAccounts),
		Title:   "Make a token Secret and read it",
		Why:     "The control plane fills a new token Secret with the token of any ServiceAccount of the namespace.",
		Sources: "Kubernetes documentation, long-lived ServiceAccount tokens; IceKube CREATE_SECRET_WITH_TOKEN.",
		rights:  []right{{privileges: powers("RBACMintTokenSecrets"), consequences: leadsToPods(), to: KindAllServiceAccounts}},
	}
}
