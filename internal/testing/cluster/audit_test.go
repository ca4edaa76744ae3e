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
	write := func(user string, code int) Write {
		return Write{User: user, Verb: "patch", Resource: "pods", Namespace: "n", Name: "p", Code: code}
	}
	tests := []struct {
		name  string
		log   string
		since Mark
		user  string
		want  []Write
	}{
		{"A request and its answer are one write", received("1", "a") + complete("1", "a"), 0, "", []Write{write("a", 200)}},
		{"A request without its answer has no code", received("1", "a"), 0, "", []Write{write("a", 0)}},
		{"Other users are left out", received("1", "a") + received("2", "b"), 0, "b", []Write{write("b", 0)}},
		{"The answer to an earlier request is left out", received("1", "a") + complete("1", "a"), Mark(len(received("1", "a"))), "", nil},
		{
			"A mark inside of a line leaves that line out",
			received("1", "a") + received("2", "b"), Mark(len(received("1", "a")) - 5), "",
			[]Write{write("b", 0)},
		},
		{"A line that is being written is left for later", received("1", "a") + `{"auditID":"2`, 0, "", []Write{write("a", 0)}},
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
