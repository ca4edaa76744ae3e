package posture

// Registry lists every check in the order in which they run. A check that reads what others found stands last.
func Registry() []Check {
	return []Check{
		// Namespaces, privileges and confinement of the pod (catalogue A.1).
		privilegedContainer(),

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

		// Reads what all others found.
		rootLikePod(),
	}
}
