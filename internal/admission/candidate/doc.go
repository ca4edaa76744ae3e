// Package candidate builds the pod that a cluster would create in place of a running one, as the policies of today would
// see it.
//
// FromTemplate does what the controllers of kube-controller-manager do with a template, FromPod takes out of a live pod
// what the cluster put into it. Admit then does what the API server does to a pod before policies are asked: defaults, and
// the admission plugins that are on by default and change pods (LimitRanger, ServiceAccount, Priority,
// DefaultTolerationSeconds, RuntimeClass), or says why they would refuse it. Check tells what the plugins that only judge
// have against the pod once policies have changed it (LimitRanger, RuntimeClass), Quotas which quotas would refuse it.
//
// Left out: webhooks and MutatingAdmissionPolicies, whose work InjectedFrom finds in the live pod; PodTopologyLabels, which
// acts when a pod is bound; and the plugins that are off by default, such as AlwaysPullImages, ExtendedResourceToleration,
// PodNodeSelector and PodTolerationRestriction, for the API does not show whether they are on. Nor is the pod validated: its
// template was when it was stored, and what becomes of it since, such as defaults beyond the limits of the pod as a whole,
// only a dry run shows.
//
// All functions are pure. None changes its arguments, Reinvoke excepted. Values of environment variables are carried along, never read.
package candidate
