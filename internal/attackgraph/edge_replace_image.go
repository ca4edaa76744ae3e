package attackgraph

func replaceImage() Edge {
	return Edge{
		ID: "ReplaceImage", Catalogue: []string{"R06"}, ATTACK: []string{"T1610"},
		From: between(KindPermissionSet), To: between(KindAllPods, KindPod),
		Title:   "Replace the image of a running pod",
		Why:     "The image is one of the few fields of a pod that can change: code of the holder runs with its identity.",
		Sources: "Kubernetes source, validation of pod updates; KubeHound POD_PATCH; IceKube REPLACE_IMAGE.",
		rights:  []right{{privileges: powers("RBACUpdatePods"), consequences: leadsToPods(), to: KindAllPods, named: namedPods}},
	}
}
