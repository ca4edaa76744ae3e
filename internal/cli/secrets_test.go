package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// canary is a value of a Secret.
const canary = "hunter2-canary"

// withToken are a pod that takes the token of another ServiceAccount from a Secret, and a binding of that one.
const withToken = `
apiVersion: v1
kind: Secret
metadata: {name: builder-token, namespace: shop, annotations: {kubernetes.io/service-account.name: builder, note: hunter2-canary}}
type: kubernetes.io/service-account-token
stringData: {extra: hunter2-canary}
---
apiVersion: v1
kind: Secret
metadata: {name: web-token, namespace: shop, annotations: {kubernetes.io/service-account.name: web}}
type: kubernetes.io/service-account-token
data: {token: aHVudGVyMi1jYW5hcnk=}
---
apiVersion: v1
kind: Pod
metadata: {name: thief, namespace: shop}
spec:
  serviceAccountName: web
  automountServiceAccountToken: false
  volumes: [{name: t, secret: {secretName: builder-token}}]
  containers: [{name: a, image: a, volumeMounts: [{name: t, mountPath: /t}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: open, namespace: shop}
spec: {automountServiceAccountToken: false, containers: [{name: a, image: a, envFrom: [{secretRef: {name: not-given}}]}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: exec, namespace: shop}
rules: [{apiGroups: [""], resources: [pods/exec], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: builders, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: exec}
subjects: [{kind: ServiceAccount, name: builder, namespace: shop}]
`

const untoldOfFiles = "Note: Workloads that use a Secret that may hold a token, so they may qualify as well: 1.\n"

func TestReachNamesTheSecretThatATokenComesFrom(t *testing.T) {
	got := run(t, withToken, "reach", "create", "pods/exec", "-n", "shop", "-f", "-")
	want := `NAMESPACE  WORKLOAD   SERVICEACCOUNT  TOKEN
    THROUGH
shop       Pod/thief  builder         Secret builder-token
    RoleBinding shop/builders -> Role shop/exec
`
	if diff := cmp.Diff(want, got.out); diff != "" || got.code != exitClean {
		t.Errorf("exit code %d (-want +got):\n%s", got.code, diff)
	}
	if want := "Note: " + ordinaryCluster + "\n" + untoldOfFiles; got.err != want {
		t.Errorf("notes %s", got.err)
	}
}

func TestAScanJudgesTokensOfFiles(t *testing.T) {
	list, _ := scanJSON(t, exitClean, withToken, "-f", "-")
	found := map[string][]string{}
	open := map[string]string{}
	for i := range list.Items {
		r := &list.Items[i]
		for _, f := range r.Status.Findings {
			if strings.Contains(f.Check+f.Field, "Secret") {
				found[r.Name] = append(found[r.Name], f.Check+" "+f.Field+"="+f.Value)
			}
		}
		for _, a := range r.Status.Answers {
			if a.Question == "BecomeClusterAdmin" {
				open[r.Name] = a.Reason
			}
		}
	}
	const taken = "spec.volumes[0].secret.secretName=builder-token"
	want := map[string][]string{
		"pod-open": {"SecretInEnvironment spec.containers[0].envFrom[0].secretRef.name=not-given"},
		"pod-thief": {
			"RBACExecIntoPods Secret builder-token -> ServiceAccount builder -> RoleBinding shop/builders -> Role shop/exec rules[0]=create pods/exec",
			"SecretMounted " + taken, "ServiceAccountTokenFromSecret " + taken,
		},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("findings about Secrets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"pod-open": "SourceNotGiven", "pod-thief": ""}, open); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

func TestNoValueOfASecretIsPrinted(t *testing.T) {
	broken := withToken + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: 7, annotations: {a: " + canary + "}}\nstringData: {a: " + canary + "}\n"
	for _, verb := range [][]string{{"scan"}, {"reach", "create", "pods/exec", "-n", "shop"}, {"reach", "--to", "secret/shop/builder-token"}} {
		for _, format := range outputs() {
			got := run(t, broken, append(verb, "-f", "-", "-o", format)...)
			if all := got.out + got.err; strings.Contains(all, canary) || strings.Contains(all, "aHVudGVyMi") || !strings.Contains(all, "builder-token") && format == outputJSON {
				t.Errorf("%v -o %s: %s", verb, format, all)
			}
		}
	}
}

func TestTheMetadataOfSecretsIsAskedForByAFlagOnly(t *testing.T) {
	pods := `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"thief","namespace":"shop"},"spec":{"automountServiceAccountToken":false,` +
		`"containers":[{"name":"a","envFrom":[{"secretRef":{"name":"builder-token"}}]}]}}]}`
	secrets := `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","items":[{"metadata":{"name":"builder-token","namespace":"shop",` +
		`"annotations":{"kubernetes.io/service-account.name":"builder"}}}]}`
	const untold = "Note: Workloads that use a Secret that may hold a token, so they may qualify as well: 1."
	for _, test := range []struct {
		name     string
		flags    []string
		refused  bool
		wantCode int
		asked    bool
		wantErr  string
	}{
		{name: "without it", wantErr: untold + " Use --secret-metadata to find out.\n"},
		{name: "with it", flags: []string{"--secret-metadata"}, asked: true},
		{
			name: "with it, where it is refused", flags: []string{"--secret-metadata"}, refused: true, asked: true, wantCode: exitError,
			wantErr: "Error: secrets cannot be read (Forbidden)\n" + untold + "\nError: what could not be read is missing in the result; errors: 1\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := false
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				body := `{"items":[]}`
				switch {
				case r.URL.Path == "/api/v1/pods":
					body = pods
				case strings.HasSuffix(r.URL.Path, "/secrets"):
					asked, body = true, secrets
					if test.refused {
						w.WriteHeader(http.StatusForbidden)
						body = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`
					}
				}
				if _, err := io.WriteString(w, body); err != nil {
					t.Error(err)
				}
			}))
			t.Cleanup(server.Close)
			got := run(t, "", append([]string{"reach", "--to", "secret/shop/builder-token", "--server", server.URL}, test.flags...)...)
			if diff := cmp.Diff(test.wantErr, got.err); diff != "" || got.code != test.wantCode || asked != test.asked {
				t.Errorf("exit code %d, asked %v, notes (-want +got):\n%s", got.code, asked, diff)
			}
		})
	}
}

func TestTheFlagIsForALiveCluster(t *testing.T) {
	for _, verb := range [][]string{{"scan"}, {"reach", "get", "pods"}} {
		got := run(t, "", append(verb, "-f", "testdata/reach", "--secret-metadata")...)
		want := "Error: --secret-metadata is for a live cluster: of files, the Secrets among them are read\n"
		if got.code != exitError || got.err != want {
			t.Errorf("%v: exit code %d: %s", verb, got.code, got.err)
		}
	}
}
