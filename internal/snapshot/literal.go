package snapshot

import "strings"

// What stands for a literal value that may be a password: that there is one matters; the text itself is never kept. A value is
// looked at for two questions only: is it a credential at all, and does a URL carry one. What stands for it gives the same
// answers.
const (
	literalGiven       = "<redacted>"
	plainGiven         = "$(redacted)"
	passwordInURLGiven = "redacted://redacted:redacted@redacted"
)

// standIn is what is kept of a literal value.
func standIn(value string) string {
	switch {
	case value == "":
		return ""
	case PasswordInURL(value):
		return passwordInURLGiven
	case PlainValue(value):
		return plainGiven
	default:
		return literalGiven
	}
}

// PlainValue is true for what stands under a credential's name and is none: nothing, a switch (ALLOW_EMPTY_PASSWORD: yes),
// the path of a file, a reference to another variable, a URL without a password.
func PlainValue(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "yes", "no", "0", "1":
		return true
	}
	return value[0] == '/' || strings.HasPrefix(value, "$(") && strings.HasSuffix(value, ")") ||
		strings.Contains(value, "://") && !PasswordInURL(value)
}

// PasswordInURL tells whether a value holds a URL of the form scheme://user:password@host.
func PasswordInURL(value string) bool {
	if strings.IndexByte(value, '@') < 0 { // Cheap, and true of nearly all values.
		return false
	}
	_, rest, found := strings.Cut(value, "://")
	if !found {
		return false
	}
	if end := strings.IndexAny(rest, "/?# "); end >= 0 {
		rest = rest[:end]
	}
	userinfo, _, found := strings.Cut(rest, "@")
	_, password, hasPassword := strings.Cut(userinfo, ":")
	return found && hasPassword && password != "" && !strings.HasPrefix(password, "$(")
}
