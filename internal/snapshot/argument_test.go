package snapshot

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
)

func TestHostsThatArgumentsName(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		want      []string // what stands for each of them; nil for nothing
	}{
		"a URL, of which path and query may be secret": {
			[]string{"https://hooks.example.com/T0/secret?key=word"}, []string{"https://hooks.example.com"},
		},
		"a URL under a name":        {[]string{"run", "--endpoint=https://a.example.com:8443/x"}, []string{"", "https://a.example.com:8443"}},
		"a URL with a password":     {[]string{"postgres://app:word@db.example.com/shop"}, []string{"postgres://redacted:redacted@db.example.com"}},
		"one of JDBC":               {[]string{"-Dspring.datasource.url=jdbc:postgresql://db.example.com:5432/x?password=word"}, []string{"jdbc:postgresql://db.example.com:5432"}},
		"one of SQL Server":         {[]string{"jdbc:sqlserver://db.example.com:1433;user=sa;password=word"}, []string{"jdbc:sqlserver://db.example.com:1433"}},
		"a host with a port":        {[]string{"wait-for-it", "db.example.com:5432"}, []string{"", "HOST=db.example.com:5432"}},
		"an address with a port":    {[]string{"192.0.2.7:3306"}, []string{"HOST=192.0.2.7:3306"}},
		"a host under a name":       {[]string{"--db-host=db.example.com"}, []string{"HOST=db.example.com"}},
		"a host after its name":     {[]string{"--db-host", "db.example.com", "db.example.org"}, []string{"", "HOST=db.example.com", ""}},
		"a port beside a host":      {[]string{"--db-host=db.example.com", "--db-port=5432"}, []string{"HOST=db.example.com:5432", ""}},
		"the port before the host":  {[]string{"--port", "5432", "--host", "db.example.com"}, []string{"", "", "", "HOST=db.example.com:5432"}},
		"a script":                  {[]string{"-c", "curl -s 'https://a.example.com/x' | psql --host=db.example.com; nc c.example.com:25"}, []string{"", "https://a.example.com HOST=db.example.com HOST=c.example.com:25"}},
		"a command in a script":     {[]string{"x=$(curl https://a.example.com)"}, []string{"https://a.example.com"}},
		"a password of a variable":  {[]string{"mysql://u:$(PW)@db.example.com"}, []string{"mysql://db.example.com"}},
		"a password before no host": {[]string{"mysql://u:word@$HOST/x"}, []string{passwordInURLGiven}},
		"where it listens itself":   {[]string{"--listen-address=10.0.0.1:80", "--advertise-client-urls=https://10.0.0.1:2379", "--bind-host", "10.0.0.1"}, nil},
		"a switch before a word":    {[]string{"--verbose", "db.example.com"}, nil},
		"IDs, times and images":     {[]string{"chown", "1000:1000", "12:30", "nginx:1.25", "registry.example.com/app"}, nil},
		"nothing":                   {nil, nil},
	} {
		t.Run(name, func(t *testing.T) { wantDiff(t, "what stands for them", test.want, standForArguments(test.arguments)) })
	}
}

// What is kept of arguments names what they do, and gives nothing else of them away.
func TestWhatStandsForArgumentsAnswersAsTheyDo(t *testing.T) {
	part := rapid.OneOf(
		rapid.StringMatching(`(--?[a-z]{1,3}[-.])?(host|port|url|name)(=| )`),
		rapid.StringMatching(`[a-z]{1,4}://([a-z]{0,3}(:[a-z$()]{0,5})?@)?[a-z.]{1,5}(:[0-9]{1,4})?(/[a-z@:=]{0,4})?`),
		rapid.StringMatching(`[a-z0-9.]{1,6}(:[0-9a-z]{1,4})?`),
		rapid.String(),
	)
	arguments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 1, 3).Draw(t, "parts"), rapid.SampledFrom([]string{"", " ", ";"}).Draw(t, "between"))
	}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		given := arguments.Draw(t, "arguments")
		stands := standForArguments(given)
		if again := standForArguments(stands); !slices.Equal(again, stands) {
			t.Fatalf("%q stands for %q, and %q for that", stands, given, again)
		}
	})
}

// Policies read arguments as they are; what rules read of them has no place for a credential.
func TestNoCredentialOfAnArgumentIsKeptForRules(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{
		Name: "app", Command: []string{"run", "--token=" + canary, "https://" + canary + "@a.example.com/" + canary},
		Args: []string{
			"--db=postgres://" + canary + ":" + canary + "@db.example.com/" + canary + "?password=" + canary,
			"sh -c 'login --password " + canary + " --host db.example.com'",
		},
	}}}}
	projected, _ := New().Transform(pod).(*Pod)
	if places := leaks(t, &corev1.Pod{Spec: *projected.shape.Spec}); len(places) > 0 {
		t.Errorf("the canary survived at %q", places)
	}
	c := &projected.shape.Spec.Containers[0]
	wantDiff(t, "command", []string{"", "", "https://a.example.com"}, c.Command)
	wantDiff(t, "arguments", []string{"postgres://redacted:redacted@db.example.com", "HOST=db.example.com"}, c.Args)
}
