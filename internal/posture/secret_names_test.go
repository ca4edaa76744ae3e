package posture

import "testing"

// The first look at the last letter must let every suffix through.
func TestCredentialNameKnowsEverySuffix(t *testing.T) {
	for _, suffix := range credentialSuffixes {
		if !credentialName("x" + suffix) {
			t.Errorf("%s is no credential", suffix)
		}
	}
}

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
		if got := passwordInURL(value); got != want {
			t.Errorf("%q: got %v", value, got)
		}
	}
}
