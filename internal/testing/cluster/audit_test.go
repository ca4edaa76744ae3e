package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrites(t *testing.T) {
	received := func(id, user string) string {
		return `{"auditID":"` + id + `","stage":"RequestReceived","verb":"patch","requestURI":"/api?fieldManager=x","user":{"username":"` +
			user + `"},"objectRef":{"resource":"pods","namespace":"n","name":"p"}}` + "\n"
	}
	complete := func(id, user string) string {
		return strings.Replace(strings.TrimSuffix(received(id, user), "}\n"), "RequestReceived", "ResponseComplete", 1) +
			`,"responseStatus":{"code":200}}` + "\n"
	}
	write := func(user string, code int) Request {
		return Request{User: user, Verb: "patch", Resource: "pods", Namespace: "n", Name: "p", Code: code}
	}
	tests := []struct {
		name  string
		log   string
		since Mark
		user  string
		want  []Request
	}{
		{"A request and its answer are one write", received("1", "a") + complete("1", "a"), 0, "", []Request{write("a", 200)}},
		{"A request without its answer has no code", received("1", "a"), 0, "", []Request{write("a", 0)}},
		{"Other users are left out", received("1", "a") + received("2", "b"), 0, "b", []Request{write("b", 0)}},
		{"The answer to an earlier request is left out", received("1", "a") + complete("1", "a"), Mark(len(received("1", "a"))), "", nil},
		{
			"A mark inside of a line leaves that line out",
			received("1", "a") + received("2", "b"), Mark(len(received("1", "a")) - 5), "",
			[]Request{write("b", 0)},
		},
		{"A line that is being written is left for later", received("1", "a") + `{"auditID":"2`, 0, "", []Request{write("a", 0)}},
		{"A mark inside of the line that is being written gives nothing yet", received("1", "a"), 5, "", nil},
		{"A mark at the end gives nothing", received("1", "a"), Mark(len(received("1", "a"))), "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &Cluster{dir: t.TempDir()}
			if err := os.WriteFile(filepath.Join(c.dir, "audit.log"), []byte(test.log), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := c.Writes(test.since, test.user)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadsOfSecretsAreKeptApartFromWrites(t *testing.T) {
	event := func(id, user, verb, resource string) string {
		return `{"auditID":"` + id + `","stage":"RequestReceived","verb":"` + verb + `","user":{"username":"` + user + `"},"objectRef":{"resource":"` +
			resource + `"}}` + "\n"
	}
	c := &Cluster{dir: t.TempDir()}
	log := event("1", "a", "list", "secrets") + event("2", "a", "create", "secrets") + event("3", "b", "get", "secrets") +
		event("4", "a", "watch", "secrets") + event("5", "a", "patch", "pods")
	if err := os.WriteFile(filepath.Join(c.dir, "audit.log"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	verbs := func(requests []Request, err error) (out []string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range requests {
			out = append(out, r.Verb+" "+r.Resource)
		}
		return out
	}
	if diff := cmp.Diff([]string{"list secrets", "watch secrets"}, verbs(c.SecretReads(0, "a"))); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"create secrets", "patch pods"}, verbs(c.Writes(0, "a"))); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"create secrets", "patch pods"}, verbs(c.Writes(0, ""))); diff != "" {
		t.Errorf("writes of everybody (-want +got):\n%s", diff)
	}
}
