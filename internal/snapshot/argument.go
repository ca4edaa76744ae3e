package snapshot

import (
	"slices"
	"strings"
)

// hostGiven stands for the name under which an argument gave a host.
const hostGiven = "HOST"

// Address is a host that an argument names.
type Address struct {
	// Scheme is that of a URL, empty where the argument is none.
	Scheme, Host, Port string
	// Password tells that the URL holds one.
	Password bool
}

// AddressesIn lists the hosts that the arguments of one place name, by the argument. An argument may be a script: each of its
// words is looked at. A word is a URL, a host with a port, or a value under the name of a host, such as --db-host=db.example.com
// or --db-host db.example.com; the port may stand under a name of its own, such as --db-port=5432.
func AddressesIn(arguments []string) [][]Address {
	out := make([][]Address, len(arguments))
	words := wordsOf(arguments)
	for i := range words {
		a, ok := addressOf(words, i)
		if ok {
			out[words[i].argument] = append(out[words[i].argument], a)
		}
	}
	return out
}

// word is a part of an argument without spaces, with the name that it stands under; empty for none.
type word struct {
	argument    int
	name, value string
}

// separators end a word of a script as well as a space does. Brackets do not: $(NAME) stands for a variable.
const separators = " \t\r\n\"'`;|&<>"

func wordsOf(arguments []string) []word {
	var out []word
	flag := "" // the one before the word
	for i, argument := range arguments {
		for _, text := range strings.FieldsFunc(argument, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
			if !strings.Contains(text, "(") {
				text = strings.TrimRight(text, ")")
			}
			name, value, assigned := assignment(text)
			switch {
			case assigned:
				out, flag = append(out, word{i, variableName(name), value}), ""
			case strings.HasPrefix(text, "-"):
				flag = text
			default:
				out, flag = append(out, word{i, variableName(flag), text}), ""
			}
		}
	}
	return out
}

// assignment takes a word apart that is one: --name=value, -Dname=value or name=value. In a URL, what follows the host may hold
// an equals sign.
func assignment(text string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(text, "=")
	return name, value, ok && !strings.Contains(name, "://")
}

// variableName is what an environment variable of the same meaning is called: --db-host and -Ddb.host are DB_HOST.
func variableName(flag string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == '.' {
			return '_'
		}
		return r
	}, flag))
}

// ownNames are parts of the names of flags that tell a process where it is itself.
var ownNames = []string{"ADVERTISE", "BIND", "EXTERNAL_URL", "LISTEN"}

func addressOf(words []word, i int) (a Address, ok bool) {
	w := &words[i]
	if slices.ContainsFunc(ownNames, func(part string) bool { return strings.Contains(w.name, part) }) {
		return Address{}, false
	}
	name := w.name
	if hasPort(w.value) {
		name = hostGiven
	}
	a.Host, a.Port, ok = AddressIn(name, w.value)
	scheme, _, isURL := strings.Cut(w.value, "://")
	switch {
	case ok && isURL:
		a.Scheme, a.Password = scheme, givesPassword(w.value)
	case ok && a.Port == "":
		a.Port = portBeside(words, w)
	case !ok && givesPassword(w.value):
		return Address{Scheme: wordGiven, Host: wordGiven, Password: true}, true
	}
	return a, ok
}

// hasPort tells whether a word is a host with a port, and no time of day, image or pair of IDs.
func hasPort(text string) bool {
	host, port, found := strings.Cut(text, ":")
	return found && isPort(port) && strings.ContainsAny(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz.")
}

// portBeside is the port that stands under the name beside that of a host; empty where none does.
func portBeside(words []word, host *word) string {
	for _, end := range [...]string{"HOSTNAME", "HOST"} {
		base, ok := strings.CutSuffix(host.name, end)
		for i := range words {
			if ok && words[i].name == base+"PORT" && isPort(words[i].value) {
				return words[i].value
			}
		}
	}
	return ""
}

// givesPassword leaves out what a shell or a template puts in.
func givesPassword(url string) bool {
	_, rest, _ := strings.Cut(url, "://")
	userinfo, _, _ := strings.Cut(rest, "@")
	_, password, _ := strings.Cut(userinfo, ":")
	return PasswordInURL(url) && !strings.ContainsAny(password, "${}<>*%")
}

// standForArguments is what rules read of arguments: the hosts that they name, each in its place. Nil where they name none.
func standForArguments(arguments []string) []string {
	var out []string
	for i, addresses := range AddressesIn(arguments) {
		for _, a := range addresses {
			if out == nil {
				out = make([]string, len(arguments))
			}
			out[i] = strings.TrimPrefix(out[i]+" "+a.stand(), " ")
		}
	}
	return out
}

func (a *Address) stand() string {
	switch {
	case a.Password:
		return a.Scheme + "://" + userGiven + joined(a.Host, a.Port)
	case a.Scheme != "":
		return a.Scheme + "://" + joined(a.Host, a.Port)
	default:
		return hostGiven + "=" + joined(a.Host, a.Port)
	}
}
