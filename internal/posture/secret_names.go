package posture

import (
	"slices"
	"strings"
)

// What names of variables, keys and Secrets give away (S02, S03, S04). All of it is written in lower case; names are
// compared without regard to case.
var (
	// credentialSuffixes end the name of a variable that holds a credential.
	credentialSuffixes = [...]string{
		"password", "passwd", "_pwd", "_pass", "_secret", "secret_key", "access_key", "private_key", "api_key", "apikey",
		"_token", "_credentials", "bindpw", "_dsn", "connection_string",
	}
	// databaseSuffixes and databasePrefixes belong to databases and directories.
	databaseSuffixes = [...]string{"password", "_dsn", "database_url", "bindpw"}
	databasePrefixes = [...]string{"ldap_bind_", "keycloak"}
	databaseWords    = [...]string{
		"db", "database", "postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "redis", "ldap", "keycloak",
	}
	// sourceControlNames are the conventions of source control and of package registries that mean nothing else.
	sourceControlNames = [...]string{
		"github_token", "gh_token", "gitlab_token", "ci_job_token", "git_password", "gitsync_password", "argocd_token",
		"argocd_auth_token", "id_rsa", "id_ecdsa", "id_ed25519", "ssh-privatekey", ".git-credentials", ".netrc", ".npmrc",
		".pypirc",
	}
	sourceControlHints = [...]string{"git_ssh_command", "known_hosts", "identity"}
	sourceControlWords = [...]string{"git", "github", "gitlab", "gitea", "bitbucket", "argocd"}
)

// credentialName tells whether a variable of this name holds a credential.
func credentialName(name string) bool {
	if name == "" {
		return false
	}
	switch name[len(name)-1] | 0x20 { // The suffixes end in these letters: most names are told apart by one byte.
	case 'd', 'g', 'n', 's', 't', 'w', 'y':
		return hasSuffix(name, credentialSuffixes[:])
	default:
		return false
	}
}

// databaseName tells whether a variable or key of this name opens a database or a directory (S03).
func databaseName(name string) bool {
	return hasSuffix(name, databaseSuffixes[:]) || slices.ContainsFunc(databasePrefixes[:], func(prefix string) bool {
		return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
	})
}

// sourceControlName tells whether a variable or key of this name is a credential of source control (S02).
func sourceControlName(name string) bool {
	return equalsAny(name, sourceControlNames[:]) || strings.HasPrefix(strings.ToLower(name), "bitbucket_")
}

// hasSuffix compares the last byte first: it runs on many variables of every pod.
func hasSuffix(name string, suffixes []string) bool {
	if name == "" {
		return false
	}
	last := name[len(name)-1] | 0x20 // lower case, for letters
	for _, suffix := range suffixes {
		if suffix[len(suffix)-1] == last && len(name) >= len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix) {
			return true
		}
	}
	return false
}

func equalsAny(name string, list []string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(name, one) })
}

// hasWord tells whether one of the words stands in the name between separators: "my-git-creds" has git, "digits" has not.
func hasWord(name string, words []string) bool {
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		if equalsAny(part, words) {
			return true
		}
	}
	return false
}
