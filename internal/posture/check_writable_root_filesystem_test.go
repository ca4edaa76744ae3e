package posture

import "testing"

func TestWritableRootFilesystemUnlessItIsReadOnly(t *testing.T) {
	runCases(t, writableRootFilesystem(), map[string]specCase{
		"unset and false are found": {
			spec: `{containers: [{name: app}], initContainers: [{name: setup, securityContext: {readOnlyRootFilesystem: false}}]}`,
			want: []string{
				"Minimal WritableRootFilesystem Hygiene spec.containers[0].securityContext.readOnlyRootFilesystem= (app)",
				"Minimal WritableRootFilesystem Hygiene spec.initContainers[0].securityContext.readOnlyRootFilesystem=false (setup)",
			},
		},
		"true is enough": {
			spec: `{containers: [{name: app, securityContext: {readOnlyRootFilesystem: true}}]}`,
		},
		"Windows has no such setting": {
			spec: `{os: {name: windows}, containers: [{name: app}]}`,
		},
	})
}
