package snapshot

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// What stands for a literal value that may be a password: that there is one matters; the text itself is never kept. Three
// questions are asked about a value: is it a credential at all, does a URL carry one, and which host does it name. What stands
// for it gives the same answers.
const (
	literalGiven       = "<redacted>"
	plainGiven         = "$(redacted)"
	wordGiven          = "redacted"
	userGiven          = wordGiven + ":" + wordGiven + "@"
	passwordInURLGiven = wordGiven + "://" + userGiven + wordGiven
)

// standIn is what is kept of a literal value under a name. Of a URL that is scheme, host and port; a host and a port under the
// name of one are kept.
func standIn(name, value string) string {
	if host, port, ok := AddressIn(name, value); ok {
		scheme, _, isURL := strings.Cut(value, "://")
		switch {
		case !isURL:
			return joined(host, port)
		case PasswordInURL(value):
			return scheme + "://" + userGiven + joined(host, port)
		default:
			return scheme + "://" + joined(host, port)
		}
	}
	switch {
	case value == "":
		return ""
	case isNamedPort(name, value):
		return value
	case PasswordInURL(value):
		return passwordInURLGiven
	case PlainValue(value):
		return plainGiven
	default:
		return literalGiven
	}
}

func isNamedPort(name, value string) bool {
	return isPort(value) && strings.HasSuffix(strings.ToUpper(name), "PORT")
}

// namesSystem tells whether a value names a host, or the port that belongs to one.
func namesSystem(name, value string) bool {
	_, _, ok := AddressIn(name, value)
	return ok || isNamedPort(name, value)
}

// AddressIn is the host, and the port where there is one, that a value names: a URL, or a host under the name of one, such as
// DB_HOST. Of several hosts it is the first.
func AddressIn(name, value string) (host, port string, ok bool) {
	scheme, rest, isURL := strings.Cut(value, "://")
	switch {
	case isURL && isScheme(scheme):
		if end := strings.IndexAny(rest, "/?# "); end >= 0 {
			rest = rest[:end]
		}
		rest = rest[strings.LastIndexByte(rest, '@')+1:]
	case !isURL && namesHost(name):
		rest = value
	default:
		return "", "", false
	}
	rest, _, _ = strings.Cut(rest, ",")
	host, port = rest, ""
	if h, p, err := net.SplitHostPort(rest); err == nil {
		host, port = h, p
	}
	return host, port, isHost(host) && (port == "" || isPort(port))
}

// hostNames are the ends of the names of variables that hold a host.
var hostNames = []string{"HOST", "HOSTNAME", "_ADDR", "_ADDRESS", "_SERVER", "_SERVERS", "_ENDPOINT", "_BROKERS", "_URL", "_URI"}

func namesHost(name string) bool {
	upper := strings.ToUpper(name)
	return slices.ContainsFunc(hostNames, func(end string) bool { return strings.HasSuffix(upper, end) })
}

func isHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return len(validation.IsDNS1123Subdomain(strings.ToLower(text))) == 0
}

func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return err == nil && port > 0
}

// isScheme also lets those of JDBC pass, such as jdbc:postgresql.
func isScheme(text string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789+.:-"
	return text != "" && len(text) <= validation.DNS1123LabelMaxLength && strings.Trim(strings.ToLower(text), letters) == ""
}

// joined has no memory in common with the value that the host is a part of: all of that would be kept with it.
func joined(host, port string) string {
	if port == "" {
		return strings.Clone(host)
	}
	return net.JoinHostPort(host, port)
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
