package snapshot

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPasswordInURL(t *testing.T) {
	for value, want := range map[string]bool{
		"postgres://app:word@db.example/app": true,
		"http://u:p@proxy.example:3128":      true,
		"postgres://app@db.example/app":      false,
		"https://db.example:8443/a:b@c":      false,
		"https://u:@db.example":              false,
		"amqp://u:$(WORD)@mq.example":        false,
		"someone@mail.example":               false,
		"a:b@c":                              false,
		"://":                                false,
		"":                                   false,
	} {
		if got := PasswordInURL(value); got != want {
			t.Errorf("%q: got %v", value, got)
		}
	}
}

// What is kept of a value answers what is asked about it as the value does, and gives nothing else of it away.
func TestWhatStandsForALiteralAnswersAsItDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"DB_HOST", "DB_PORT", "DATABASE_URL", "PASSWORD", "A"}).Draw(t, "name")
		value := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[a-z]{1,4}://([a-z]{0,3}(:[a-z$()]{0,5})?@)?[a-z.]{1,5}(:[0-9]{1,4})?(/[a-z@:]{0,4})?`),
			rapid.StringMatching(`yes|No|true|/[a-z]{0,3}|\$\([A-Z]{0,3}\)?|[01]{1,2}|[a-z]{1,3}\.[a-z]{1,3}(:[0-9]{1,3})?`),
		).Draw(t, "value")
		stands := standIn(name, value)
		if PlainValue(stands) != PlainValue(value) || PasswordInURL(stands) != PasswordInURL(value) || (stands == "") != (value == "") {
			t.Fatalf("%q stands for %q and answers otherwise", stands, value)
		}
		host, port, ok := AddressIn(name, value)
		if h, p, still := AddressIn(name, stands); ok && (h != host || p != port || !still) {
			t.Fatalf("%q stands for %q and names %q", stands, value, h+":"+p)
		}
		if again := standIn(name, stands); again != stands {
			t.Fatalf("%q stands for %q, and %q for that", stands, value, again)
		}
	})
}

func TestWhatIsKeptOfALiteral(t *testing.T) {
	for given, want := range map[[2]string]string{
		{"DATABASE_URL", "postgres://app:word@db.example.com:5432/shop?sslmode=off"}: "postgres://redacted:redacted@db.example.com:5432",
		{"WEBHOOK", "https://token@hooks.example.com/T0/B0/secret"}:                  "https://hooks.example.com",
		{"JDBC", "jdbc:postgresql://db.example.com/shop?password=word"}:              "jdbc:postgresql://db.example.com",
		{"MONGO", "mongodb://u:p@a.example.com:27017,b.example.com:27017/x"}:         "mongodb://redacted:redacted@a.example.com:27017",
		{"DB_HOST", "db.example.com"}:                                                "db.example.com",
		{"DB_PORT", "5432"}:                                                          "5432",
		{"LDAP_SERVER", "10.0.0.7:389"}:                                              "10.0.0.7:389",
		{"PIN", "5432"}:                                                              literalGiven,
		{"GREETING", "db.example.com"}:                                               literalGiven,
		{"DB_HOST", "not a host"}:                                                    literalGiven,
		{"PASSWORD", "word"}:                                                         literalGiven,
		{"ODD", "x y://u:p@h"}:                                                       passwordInURLGiven,
		{"DEBUG", "true"}:                                                            plainGiven,
	} {
		if got := standIn(given[0], given[1]); got != want {
			t.Errorf("%s=%s: %q is kept, want %q", given[0], given[1], got, want)
		}
	}
}
