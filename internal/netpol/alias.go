package netpol

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Aliases are the names of Services of a namespace that stand for a host elsewhere (type ExternalName), with that host.
func (x *Index) Aliases(namespace string) map[string]string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return maps.Clone(x.aliases[namespace])
}

// setAlias records what a Service stands for, and adds its namespace to what is affected where that is another host now.
func (x *Index) setAlias(namespace, name, host string, affected Affected) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	of := x.aliases[namespace]
	if of[name] == host {
		return affected
	}
	if host == "" {
		delete(of, name)
		if len(of) == 0 {
			delete(x.aliases, namespace)
		}
	} else {
		if of == nil {
			of = map[string]string{}
			x.aliases[namespace] = of
		}
		of[name] = host
	}
	if at, there := slices.BinarySearch(affected.Namespaces, namespace); !there && !affected.Everywhere {
		affected.Namespaces = slices.Insert(affected.Namespaces, at, namespace)
	}
	return affected
}

// hostOf is the host that a Service stands for; empty for one that leads to pods.
func hostOf(object *corev1.Service) string {
	if object.Spec.Type != corev1.ServiceTypeExternalName {
		return ""
	}
	return object.Spec.ExternalName
}
