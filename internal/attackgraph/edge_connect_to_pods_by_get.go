package attackgraph

func connectToPodsByGet() Edge {
	return Edge{
		ID: "ConnectToPodsByGet", Catalogue: []string{"R07", "R08", "R09"}, ATTACK: []string{"T1609"},
		From: between(KindPermissionSet), To: between(KindAllPods, KindPod),
		Title:   "Open a session into a pod by get alone",
		Why:     "An API server before 1.35 takes a WebSocket request to exec or attach for a get.",
		Sources: "KEP-5681.",
		rights: []right{{
			privileges: powers("RBACConnectToPodsByGet"), consequences: leadsToPods(), to: KindAllPods, named: namedPods,
		}},
	}
}
