package attackgraph

func checkpointContainers() Edge {
	return Edge{
		ID: "CheckpointContainers", Catalogue: []string{"R18f"}, ATTACK: []string{"T1552"},
		From: between(KindPermissionSet), To: between(KindSecrets),
		Title:   "Write the memory of containers to disk",
		Why:     "A checkpoint is the memory of a container, keys and tokens included, written to the node.",
		Sources: "KEP-2008; KEP-2862.",
		rights:  []right{{privileges: powers("RBACCheckpointContainers"), consequences: leadsToSecrets(), to: KindSecrets}},
	}
}
