package controllers

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups="",resources=services,verbs=get;list;watch
// +kubebuilder:rbac:groups=networking.k8s.io,resources=networkpolicies;ingresses,verbs=get;list;watch

// networkFeeds lists the feeds of who reaches whom by the network. Namespaces are among them: policies select by their labels.
// changed is told of the workloads that a change of a namespace affects otherwise than by the network.
func networkFeeds(e *assess.Engine, s *snapshot.Snapshot, changed func(snapshot.Affected)) []feed {
	of := func(change netpol.Affected) snapshot.Affected { return e.NetworkAffected(change) }
	return []feed{
		projected(snapshot.Namespaces, &corev1.Namespace{},
			func(n *snapshot.Namespace) snapshot.Affected {
				own := s.UpsertNamespace(n)
				changed(own)
				return union(own, of(e.Network.UpsertNamespace(n.Object())))
			},
			func(n *snapshot.Namespace) snapshot.Affected {
				own := s.DeleteNamespace(n.Name)
				changed(own)
				return union(own, of(e.Network.DeleteNamespace(n.Name)))
			}),
		feedOf(snapshot.NetworkPolicies,
			func(p *networkingv1.NetworkPolicy) snapshot.Affected { return of(e.Network.UpsertPolicy(p)) },
			func(p *networkingv1.NetworkPolicy) snapshot.Affected {
				return of(e.Network.DeletePolicy(p.Namespace, p.Name))
			}),
		feedOf(snapshot.Services,
			func(o *corev1.Service) snapshot.Affected { return of(e.Network.UpsertService(o)) },
			func(o *corev1.Service) snapshot.Affected { return of(e.Network.DeleteService(o.Namespace, o.Name)) }),
		feedOf(snapshot.Ingresses,
			func(o *networkingv1.Ingress) snapshot.Affected { return of(e.Network.UpsertIngress(o)) },
			func(o *networkingv1.Ingress) snapshot.Affected {
				return of(e.Network.DeleteIngress(o.Namespace, o.Name))
			}),
	}
}
