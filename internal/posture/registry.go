package posture

import "slices"

// Registry lists every check in the order in which they run. A check that reads what others found stands last.
func Registry() []Check {
	return slices.Concat(specChecks(), nodePathChecks(), capabilityChecks(), identityChecks(), closingChecks())
}

// specChecks look at namespaces, privileges and confinement of the pod (catalogue A.1).
func specChecks() []Check {
	return []Check{
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
	}
}

// nodePathChecks look at directories and sockets of the node (catalogue A.2, P15).
func nodePathChecks() []Check {
	return []Check{
		hostPathCheck(hostPathRoot),
		hostPathCheck(hostPathSystem),
		hostPathCheck(hostPathRuntimeSocket),
		hostPathCheck(hostPathCredentials),
		hostPathCheck(hostPathHome),
		hostPathCheck(hostPathProc),
		hostPathCheck(hostPathDevices),
		hostPathCheck(hostPathLogs),
		hostPathCheck(hostPathCNI),
		hostPathCheck(hostPathContainerStorage),
		hostPathCheck(hostPathKubeletPlugins),
		hostPathCheck(hostPathData),
		persistentVolumeHostPath(),
		flexVolume(),
		csiHostPathVolume(),
		unmountedHostPath(),
	}
}

// capabilityChecks look at Linux capabilities (catalogue A.3), by name.
func capabilityChecks() []Check {
	return []Check{
		capabilityCheck(capAll),
		capabilityCheck(capAuditControl),
		capabilityCheck(capAuditRead),
		capabilityCheck(capAuditWrite),
		capabilityCheck(capBlockSuspend),
		capabilityCheck(capBpf),
		capabilityCheck(capCheckpointRestore),
		capabilityCheck(capChown),
		capabilityCheck(capDacOverride),
		capabilityCheck(capDacReadSearch),
		capabilityCheck(capFowner),
		capabilityCheck(capFsetid),
		capabilityCheck(capIpcLock),
		capabilityCheck(capIpcOwner),
		capabilityCheck(capKill),
		capabilityCheck(capLease),
		capabilityCheck(capLinuxImmutable),
		capabilityCheck(capMacAdmin),
		capabilityCheck(capMacOverride),
		capabilityCheck(capMknod),
		capabilityCheck(capNetAdmin),
		capabilityCheck(capNetBindService),
		capabilityCheck(capNetBroadcast),
		capabilityCheck(capNetRaw),
		capabilityCheck(capPerfmon),
		capabilityCheck(capSetfcap),
		capabilityCheck(capSetgid),
		capabilityCheck(capSetpcap),
		capabilityCheck(capSetuid),
		capabilityCheck(capSyslog),
		capabilityCheck(capSysAdmin),
		capabilityCheck(capSysBoot),
		capabilityCheck(capSysChroot),
		capabilityCheck(capSysModule),
		capabilityCheck(capSysNice),
		capabilityCheck(capSysPacct),
		capabilityCheck(capSysPtrace),
		capabilityCheck(capSysRawio),
		capabilityCheck(capSysResource),
		capabilityCheck(capSysTime),
		capabilityCheck(capSysTtyConfig),
		capabilityCheck(capWakeAlarm),
		capabilityUnknown(),
	}
}

// identityChecks look at identity, secrets and hygiene (catalogue A.1 P06, P12, P13; A.5 S01-S04, X05).
func identityChecks() []Check {
	return []Check{
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
		unusedServiceAccountToken(),
		serviceAccountTokenFromSecret(),
		serviceAccountTokenInSecret(),
		serviceAccountTokenProjected(),
		secretInEnvironment(),
		secretMounted(),
		valuableSecretReferenced(),
		sourceControlCredential(),
		credentialInSpec(),
		cloudIdentity(),
		ephemeralContainerLeftBehind(),
		restrictedVolumeType(),
	}
}

// closingChecks read what all others found: placement multiplies it (P20), a root-like pod is one with it.
func closingChecks() []Check {
	return []Check{
		controlPlanePlacement(),
		rootLikePod(),
	}
}
