package loader

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

const canary = "aHVudGVyMi1jYW5hcnk="

// takingAll is a pod with three Secrets.
const takingAll = `---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: a, image: a, envFrom: [{secretRef: {name: one}}, {secretRef: {name: two}}, {secretRef: {name: three}}]}]}
`

func TestOfASecretNoValueIsRead(t *testing.T) {
	token := "apiVersion: v1\nkind: Secret\nmetadata:\n  name: one\n  annotations: {kubernetes.io/service-account.name: builder, " +
		corev1.LastAppliedConfigAnnotation + ": '{\"data\":{\"token\":\"" + canary + "\"}}'}\ntype: kubernetes.io/service-account-token\n"
	for _, test := range []struct {
		name, in string
		want     map[string]string
		errs     []string
	}{
		{name: "a token", in: token + "data: {token: " + canary + "}\n", want: map[string]string{"one": "builder"}},
		{
			name: "a token without a ServiceAccount, which no API server takes",
			in:   "apiVersion: v1\nkind: Secret\nmetadata: {name: one}\ntype: kubernetes.io/service-account-token\n", want: map[string]string{"one": ""},
		},
		{
			name: "another type, whatever its annotations say",
			in: "apiVersion: v1\nkind: Secret\nmetadata: {name: two, annotations: {kubernetes.io/service-account.name: builder}}\n" +
				"type: kubernetes.io/dockercfg\nstringData: {.dockercfg: " + canary + "}\n",
			want: map[string]string{"two": ""},
		},
		{name: "no type", in: "apiVersion: v1\nkind: Secret\nmetadata: {name: two}\nstringData: [" + canary + "]\n", want: map[string]string{"two": ""}},
		{
			name: "one that a tool has encrypted, with fields of its own",
			in:   "apiVersion: v1\nkind: Secret\nmetadata: {name: two}\ndata: {a: 'ENC[AES256]'}\nsops: {mac: " + canary + "}\n", want: map[string]string{"two": ""},
		},
		{
			name: "in a list", in: `{"apiVersion":"v1","kind":"SecretList","items":[{"metadata":{"name":"three"},"data":{"a":"` + canary + `"}}]}`,
			want: map[string]string{"three": ""},
		},
		{name: "none"},
		{
			name: "an error repeats no value", in: "apiVersion: v1\nkind: Secret\nmetadata: {name: 7, annotations: {a: " + canary + "}}\ntype: 7\n---\n" +
				"apiVersion: v1\nkind: Secret\ndata: {a: " + canary + "}\n",
			errs: []string{
				"m.yaml: document 1: metadata.name: must be a string, not number", "m.yaml: document 2: metadata.name: required, but not given",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := readText(test.in + takingAll)
			if diff := cmp.Diff(test.errs, texts(r.Errors)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if len(r.Ignored) > 0 {
				t.Errorf("ignored %v", r.Ignored)
			}
			view, _ := r.Snapshot.View(snapshot.Key{Kind: "Pod", Namespace: "default", Name: "p"})
			if diff := cmp.Diff(test.want, view.Groups[0].TokenSecrets.Accounts); diff != "" {
				t.Errorf("Secrets (-want +got):\n%s", diff)
			}
			if kept := fmt.Sprintf("%+v %+v", r.Snapshot, r); strings.Contains(kept, canary) {
				t.Errorf("a value is kept: %s", kept)
			}
		})
	}
}

func TestWhatIsListedByItsMetadataIsAToken(t *testing.T) {
	r := readText(takingAll)
	Add(&model.Model{Snapshot: r.Snapshot, Policies: admission.New()}, &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Namespace: "default", Name: "one", Annotations: map[string]string{corev1.ServiceAccountNameKey: "builder", "x": canary},
	}})
	view, _ := r.Snapshot.View(snapshot.Key{Kind: "Pod", Namespace: "default", Name: "p"})
	if diff := cmp.Diff(map[string]string{"one": "builder"}, view.Groups[0].TokenSecrets.Accounts); diff != "" {
		t.Errorf("Secrets (-want +got):\n%s", diff)
	}
}
