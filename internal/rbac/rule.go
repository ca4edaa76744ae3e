package rbac

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Rule is a policy rule with its lists sorted and without repetitions. Equal rules of one Index are the same pointer,
// so it must not be changed.
type Rule struct {
	Verbs, APIGroups, Resources, ResourceNames, NonResourceURLs []string

	id ruleID
}

// ruleID is a digest of a rule's content: it makes rules comparable and gives permission sets their order.
type ruleID [16]byte

func newRule(rule *rbacv1.PolicyRule) *Rule {
	r := &Rule{
		Verbs: canonical(rule.Verbs), APIGroups: canonical(rule.APIGroups), Resources: canonical(rule.Resources),
		ResourceNames: canonical(rule.ResourceNames), NonResourceURLs: canonical(rule.NonResourceURLs),
	}
	var key []byte
	for _, list := range [...][]string{r.Verbs, r.APIGroups, r.Resources, r.ResourceNames, r.NonResourceURLs} {
		key = binary.AppendUvarint(key, uint64(len(list)))
		for _, item := range list {
			key = append(binary.AppendUvarint(key, uint64(len(item))), item...)
		}
	}
	sum := sha256.Sum256(key)
	r.id = ruleID(sum[:16])
	return r
}

func canonical(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return slices.Clip(slices.Compact(sorted))
}

// Inert tells whether the rule can match no request at all: it has no verb, or names nothing to use a verb on.
func (r *Rule) Inert() bool {
	return len(r.Verbs) == 0 || (len(r.NonResourceURLs) == 0 && (len(r.APIGroups) == 0 || len(r.Resources) == 0))
}

// String is the rule in one line, as evidence: create pods/exec in group "" named web-0.
func (r *Rule) String() string {
	var b strings.Builder
	b.WriteString(strings.Join(r.Verbs, ","))
	if len(r.Resources) > 0 {
		b.WriteString(" " + strings.Join(r.Resources, ","))
		if !slices.Equal(r.APIGroups, []string{""}) {
			b.WriteString(" in group " + strings.ReplaceAll(strings.Join(r.APIGroups, ","), ",,", `,"",`))
		}
	}
	if len(r.ResourceNames) > 0 {
		b.WriteString(" named " + strings.Join(r.ResourceNames, ","))
	}
	if len(r.NonResourceURLs) > 0 {
		b.WriteString(" " + strings.Join(r.NonResourceURLs, ","))
	}
	return b.String()
}

const wildcard = "*"

// matches tells whether the list holds the value or the wildcard. The wildcard sorts before every name.
func matches(list []string, value string) bool {
	return slices.Contains(list, wildcard) || slices.Contains(list, value)
}

// matchesURL tells whether a rule covers a path. A trailing * is a prefix; upstream cuts all of the trailing ones.
func (r *Rule) matchesURL(path string) bool {
	return slices.ContainsFunc(r.NonResourceURLs, func(url string) bool {
		return url == path || (strings.HasSuffix(url, wildcard) && strings.HasPrefix(path, strings.TrimRight(url, wildcard)))
	})
}

// matchesName tells whether a rule covers a name. A request without one carries the empty name.
func (r *Rule) matchesName(name string) bool {
	return len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, name)
}
