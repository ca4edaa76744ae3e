package posture

// Registry lists every check in the order in which they run. A check that reads what others found stands last.
func Registry() []Check {
	return []Check{
		// Namespaces, privileges and confinement of the pod (catalogue A.1).
		privilegedContainer(),
		hostPID(),
		hostNetwork(),
		hostIPC(),
		sharedProcessNamespace(),
		seccompUnconfined(),
		seccompUnset(),
		appArmorUnconfined(),
		selinuxCustomOptions(),
		hostPort(),
		windowsHostProcess(),
		unmaskedProcMount(),
		unsafeSysctl(),
		gitRepoVolume(),
		hostProbe(),
		rawBlockDevice(),
		bidirectionalMount(),
		cloudMetadata(),

		// Directories and sockets of the node (catalogue A.2, P15).

		// Linux capabilities (catalogue A.3).

		// Identity, secrets and hygiene (catalogue A.1 P06, P12, P13; A.5 S01-S04, X05).
		runAsRoot(),
		runAsRootAssumed(),
		runAsNonRootUnset(),
		runAsGroupRoot(),
		privilegeEscalationAllowed(),
		capabilitiesNotDropped(),
		writableRootFilesystem(),
		resourceLimitsMissing(),
		imageNotPinned(),
		imageTagLatest(),
		imageRegistryNotTrusted(),
		defaultServiceAccount(),
		serviceAccountTokenMounted(),
		serviceAccountTokenProjected(),
		secretInEnvironment(),
		secretMounted(),
		valuableSecretReferenced(),
		sourceControlCredential(),
		credentialInSpec(),
		cloudIdentity(),
		ephemeralContainerLeftBehind(),
		restrictedVolumeType(),

		// Last, since they read what all others found: placement multiplies it (P20), a root-like pod is one with it.
		controlPlanePlacement(),
		rootLikePod(),
	}
}
