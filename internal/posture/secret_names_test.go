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
