package attackgraph

// Registry lists every edge. Their order breaks ties between ways of equal length: the plainer ones come first.
func Registry() []Edge {
	return []Edge{
		// What a pod has in its hands (A.1, P12, P13).
		holdToken(), takeNode(), readNode(), mountSecret(),

		// What lies on a node (A.4).
		controlPlaneNode(), tokenOnNode(), kubeletIdentity(), secretOnNode(), staticPod(),

		// What an identity may do: everything, roles and bindings (R01, R14, R15).
		haveRights(), allRights(), escalateRole(), bindRole(),

		// Other identities (R03, R12, R13, R17, R27).
		impersonate(), requestToken(), mintTokenSecret(), issueClientCertificate(), mapCloudIdentity(),

		// Pods that run (R06-R08, R11, R18).
		execIntoPods(), addEphemeralContainer(), replaceImage(), attachToPods(), connectToPodsByGet(), proxyToNodes(),

		// New pods (R04, R05, R45).
		createPods(), createCustomResource(),

		// Nodes (R18f, R18x, R19, R20, R25, R31).
		placePrivilegedPod(), lowerPodSecurity(), mountHostPathVolume(), redirectNodeProxy(), readNodeLogs(), stealPods(),

		// Secrets and guard rails (R02, R21, R22).
		readSecrets(), tokenSecrets(), checkpointContainers(), rewriteObjects(),

		// Hubs and what they stand for (D.4).
		ruleCluster(), ownNamespace(), podInScope(), serviceAccountInScope(), useInNewPod(), nodeInCluster(), nodeOfPods(),
		takeStolenPod(),
	}
}
