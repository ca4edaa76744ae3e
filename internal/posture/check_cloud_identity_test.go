package posture

import "testing"

func TestCloudIdentityOnceForEachContainer(t *testing.T) {
	runCases(t, cloudIdentity(), map[string]specCase{
		"the first variable of each container is named": {
			spec: `{containers: [{name: app, env: [{name: MODE, value: "x"}, {name: AWS_ROLE_ARN, value: "x"}, {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: "x"}]}, {name: proxy, env: [{name: AZURE_CLIENT_ID, value: "x"}]}]}`,
			want: []string{
				"Low CloudIdentity ReachOutside spec.containers[0].env[1].name=AWS_ROLE_ARN (app)",
				"Low CloudIdentity ReachOutside spec.containers[1].env[0].name=AZURE_CLIENT_ID (proxy)",
			},
		},
		"a token for a cloud is named where no variable is": {
			spec: `{containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: "api://AzureADTokenExchange"}}]}}]}`,
			want: []string{
				"Low CloudIdentity ReachOutside spec.volumes[0].projected.sources[0].serviceAccountToken.audience=api://AzureADTokenExchange",
			},
		},
		"a variable comes before its token": {
			spec: `{containers: [{name: app, env: [{name: AWS_ROLE_ARN, value: "x"}], volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: sts.amazonaws.com}}]}}]}`,
			want: []string{
				"Low CloudIdentity ReachOutside spec.containers[0].env[0].name=AWS_ROLE_ARN (app)",
			},
		},
		"a region is no identity": {
			spec: `{containers: [{name: app, env: [{name: AWS_REGION, value: "x"}]}]}`,
		},
	})
}
