package admission

// parts are the fields that lead to a literal or to the user. Whether a literal is there shows although it is not kept;
// whether a user has groups does not.
var parts = [...]struct {
	of    holds
	name  string
	holds holds
	reads reads
	shows bool
}{
	{of: holdsPod, name: "spec", holds: holdsSpec},
	{of: holdsSpec, name: "containers", holds: holdsContainers},
	{of: holdsSpec, name: "initContainers", holds: holdsContainers},
	{of: holdsSpec, name: "ephemeralContainers", holds: holdsContainers},
	{of: holdsContainers, name: "env", holds: holdsEnv},
	{of: holdsEnv, name: "value", reads: readsLiterals, shows: true},
	{of: holdsContainers, name: "livenessProbe", holds: holdsProbes},
	{of: holdsContainers, name: "readinessProbe", holds: holdsProbes},
	{of: holdsContainers, name: "startupProbe", holds: holdsProbes},
	{of: holdsContainers, name: "lifecycle", holds: holdsProbes},
	{of: holdsProbes, name: "postStart", holds: holdsProbes},
	{of: holdsProbes, name: "preStop", holds: holdsProbes},
	{of: holdsProbes, name: "httpGet", holds: holdsProbes},
	{of: holdsProbes, name: "httpHeaders", holds: holdsEnv},
	{of: holdsSpec, name: "volumes", holds: holdsVolumes},
	{of: holdsVolumes, name: "csi", holds: holdsVolumes},
	{of: holdsVolumes, name: "flexVolume", holds: holdsVolumes},
	{of: holdsVolumes, name: "gitRepo", holds: holdsVolumes},
	{of: holdsVolumes, name: "volumeAttributes", reads: readsLiterals, shows: true},
	{of: holdsVolumes, name: "options", reads: readsLiterals, shows: true},
	{of: holdsVolumes, name: "repository", reads: readsLiterals, shows: true},
	{of: holdsRequest, name: "userInfo", holds: holdsUser},
	{of: holdsUser, name: "username", reads: readsUser},
	{of: holdsUser, name: "groups", reads: readsUser},
	{of: holdsUser, name: "uid", reads: readsUser | readsIdentity},
	{of: holdsUser, name: "extra", reads: readsUser | readsIdentity},
}
