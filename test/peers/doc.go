// Package peers shows that what other tools look for is found: every rule of the tools in testdata/attacks.tsv has a pod or
// rights that it warns of, and the checks, privileges and edges by which Daysix does. docs/peers.md is made of it.
package peers
