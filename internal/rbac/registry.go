package rbac

// Registry lists every privilege in the order in which they are reported. The custom resources are added to those of
// CustomResources.
func Registry(custom ...CustomResource) []Privilege {
	return []Privilege{
		// Everything, roles and bindings (R01, R14-R16, R41).
		everything(), escalateClusterRoles(), escalateRoles(), bindClusterRolesInCluster(), bindClusterRolesInNamespace(),
		bindRoles(), writeBindings(), writeClusterRoles(),

		// Identities (R12, R13, R17, R43, R44).
		impersonateGroups(), impersonateUsers(), impersonateServiceAccounts(), impersonateExtras(), impersonateConstrained(),
		requestTokens(), issueClientCertificates(), signCertificates(), writeTrust(), writeServiceAccounts(),

		// Secrets (R02, R03, R46).
		listSecrets(), readSecrets(), mintTokenSecrets(), writeSecrets(), createBootstrapTokens(),

		// Pods and what makes them (R04-R11, R33, R38, R45).
		createPods(), createWorkloads(), updateWorkloads(), createCustomResources(custom), updatePods(), execIntoPods(),
		attachToPods(), addEphemeralContainers(), connectByGet(), forwardPorts(), proxyToPods(), writePodStatus(), writePodTemplates(),

		// Nodes (R18, R19, R40).
		proxyToNodes(), redirectNodeProxy(), checkpointContainers(), readNodeLogs(), readKubelets(), writeNodes(), stealPods(),

		// Guard rails (R21-R24, R31, R42).
		writeMutatingWebhooks(), writeMutatingPolicies(), writeValidatingWebhooks(), writeValidatingPolicies(),
		writePolicyEngines(), writeCustomResourceDefinitions(), writeAPIServices(), lowerPodSecurity(), writeNamespaces(),
		createNamespaces(), writeRuntimeClasses(),

		// Traffic and the configuration of the system (R27-R30, R32).
		mapAWSIdentities(), writeSystemConfigMaps(), writeConfigMaps(), writeEndpoints(), writeServices(), writeIngresses(),
		writeNetworkPolicies(),

		// Storage and devices (R25, R26, R40).
		mountHostPathVolumes(), createPersistentVolumes(), writeVolumeClaims(), writeStorageClasses(), writeDevices(),

		// Denial of service (R20, R31d, R34, R35, R39, R48, R49).
		deletePods(), deleteNamespaces(), writeLeases(), writeQuotas(), scaleWorkloads(), writeFlowSchemas(), writeEvents(),

		// Knowledge (R33, R37, R47, R50).
		readPodLogs(), reviewTokens(), readDebugPaths(), readObjects(),
	}
}
