// Package finding is the vocabulary of an audit: what was found, how bad it is, and what it lets an attacker do.
//
// It is a leaf: it imports nothing of ours, decides nothing and talks to nobody. The words are the field's own (Pod
// Security Standards, Linux capabilities, RBAC); the consequences are those of the catalogue of primitives, section 0.2.
package finding
