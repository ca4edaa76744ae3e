// Package netpol answers who can connect to whom by NetworkPolicy: which pods a workload reaches, whether it gets out of the
// cluster, and who gets at it (catalogue, section A.5 and the exposure axis of section F.3).
//
// An Index is fed with NetworkPolicies, Namespaces, Services, Ingresses, routes of the Gateway API and groups of pods, one
// change at a time; every change returns the groups whose answers it may touch. A group is a set of pods that no selector
// can tell apart: one namespace, the same labels, the same ports. Egress says what a group reaches, Ingress whom the
// policies let in, Exposure from how far away somebody gets at it. A pair of pods is never looked at.
//
// NetworkPolicy v1 is evaluated as the API defines it (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
// What the API leaves to the network plugin, or what other kinds of policies decide, makes an answer conditional, and the
// condition says so. The index takes for granted that the plugin enforces policies at all. The package talks to nobody.
package netpol
