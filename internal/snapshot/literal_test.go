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

// What is kept of a value answers what is asked about it as the value does, and gives nothing of it away.
func TestWhatStandsForALiteralAnswersAsItDoes(t *testing.T) {
	kept := map[string]bool{"": true, literalGiven: true, plainGiven: true, passwordInURLGiven: true}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[a-z]{1,4}://([a-z]{0,3}(:[a-z$()]{0,5})?@)?[a-z.]{1,5}(:[0-9]{1,4})?(/[a-z@:]{0,4})?`),
			rapid.StringMatching(`yes|No|true|/[a-z]{0,3}|\$\([A-Z]{0,3}\)?|[01]{1,2}`),
		).Draw(t, "value")
		stands := standIn(value)
		if !kept[stands] {
			t.Fatalf("%q is kept of %q", stands, value)
		}
		if PlainValue(stands) != PlainValue(value) || PasswordInURL(stands) != PasswordInURL(value) || (stands == "") != (value == "") {
			t.Fatalf("%q stands for %q and answers otherwise", stands, value)
		}
	})
}
