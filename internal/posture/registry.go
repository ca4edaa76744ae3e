package posture

// Registry lists every check in the order in which they run. A check that reads what others found stands last.
func Registry() []Check {
	return []Check{
		// Namespaces, privileges and confinement of the pod (catalogue A.1).
		privilegedContainer(),

		// Directories and sockets of the node (catalogue A.2, P15).
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
		unmountedHostPath(),

		// Linux capabilities (catalogue A.3).
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

		// Identity, secrets and hygiene (catalogue A.1 P06, P12, P13; A.5 S01-S04).
	}
}
