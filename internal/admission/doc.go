// Package admission answers whether the policies of a cluster, as they are now, would admit a pod.
//
// Policies holds ValidatingAdmissionPolicies, MutatingAdmissionPolicies, their bindings and parameters, and the
// configurations of webhooks. It is fed one change at a time; every change returns the Scope of the namespaces whose pods
// it can affect. Evaluate judges the creation of one pod with the API server's own code (k8s.io/apiserver: compiler,
// matchers, dispatchers, cost budget), which is handed the policies instead of watching them: first the mutating policies,
// then the validating ones on the pod that results. Unlike the API server it collects every denial, not only the first.
//
// What it cannot know it says. A decision that depends on a fact which is missing (who asks, what the authorizer would
// answer, a parameter that may not be read, a literal that is not kept, what a webhook says) is Unknown and names the
// fact; a decision that does not depend on it is made. An evaluation has no side effects and reads no clock.
//
// Not seen: policies from files on the API server's disk (names that end in .static.k8s.io), and what the API server sets
// itself between mutation and validation, except for the generated name and the status (see validatedPod).
//
// Sources: KEP-3488 (validating), KEP-3962 (mutating), KEP-3716 (match conditions).
package admission
