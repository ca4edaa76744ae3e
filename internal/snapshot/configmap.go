package snapshot

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// configMaps is what ConfigMaps name for the variables that take their values from them. It is no Source: nothing but evidence
// rests on it, and the controller has no right to read it.
type configMaps struct {
	state State
	// hosts are what stands in for the values that name a host or a port, by key. A map is replaced, never changed.
	hosts map[types.NamespacedName]map[string]string
}

// Variables are the environment variables that take their values from one ConfigMap.
type Variables struct {
	// byKey are the names of variables, each with its key; prefixes are those under which all keys become variables.
	byKey    map[string][]string
	prefixes []string
}

// HostsIn is what is kept of the data of a ConfigMap: scheme, host and port of what a value names under the name of a variable
// that takes it, and a port alone under the name of one. Nil where there is none.
func (v *Variables) HostsIn(data map[string]string) map[string]string {
	var out map[string]string
	for key, value := range data {
		value = strings.TrimSpace(value)
		names := v.namesOf(key)
		i := slices.IndexFunc(names, func(name string) bool { return namesSystem(name, value) })
		if i < 0 {
			continue
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[strings.Clone(key)] = strings.Clone(standIn(names[i], value)) // The value of the whole is not held by a part of it.
	}
	return out
}

func (v *Variables) namesOf(key string) []string {
	names := slices.Clone(v.byKey[key])
	for _, prefix := range v.prefixes {
		names = append(names, prefix+key)
	}
	return names
}

func (v *Variables) add(key, name string) {
	if !slices.Contains(v.byKey[key], name) {
		v.byKey[key] = append(v.byKey[key], name)
	}
}

// ConfigMapVariables are the variables of all pods and templates that take their values from ConfigMaps, by ConfigMap. No other
// ConfigMap has to be looked at.
func (s *Snapshot) ConfigMapVariables() map[types.NamespacedName]*Variables {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[types.NamespacedName]*Variables)
	for key := range s.workloads {
		of := func(name string) *Variables {
			at := types.NamespacedName{Namespace: key.Namespace, Name: name}
			if out[at] == nil {
				out[at] = &Variables{byKey: make(map[string][]string)}
			}
			return out[at]
		}
		s.anySpec(key, func(spec *corev1.PodSpec) bool {
			eachConfigMap(spec, func(ref *corev1.ConfigMapKeySelector, variable string) {
				of(ref.Name).add(ref.Key, variable)
			}, func(name, prefix string) {
				if v := of(name); !slices.Contains(v.prefixes, prefix) {
					v.prefixes = append(v.prefixes, prefix)
				}
			})
			return false
		})
	}
	return out
}

// eachConfigMap visits the ConfigMaps that variables take their values from: one key of it, or all.
func eachConfigMap(spec *corev1.PodSpec, key func(ref *corev1.ConfigMapKeySelector, variable string), all func(name, prefix string)) {
	EachContainer(spec, func(c *corev1.Container) {
		for i := range c.Env {
			if from := c.Env[i].ValueFrom; from != nil && from.ConfigMapKeyRef != nil {
				key(from.ConfigMapKeyRef, c.Env[i].Name)
			}
		}
		for i := range c.EnvFrom {
			if ref := c.EnvFrom[i].ConfigMapRef; ref != nil {
				all(ref.Name, c.EnvFrom[i].Prefix)
			}
		}
	})
}

// SetConfigMaps records how well ConfigMaps can be read.
func (s *Snapshot) SetConfigMaps(state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configMaps.state = state
}

// ConfigMaps is how well ConfigMaps can be read: NotEnabled where nobody asked for them.
func (s *Snapshot) ConfigMaps() State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.configMaps.state
}

// UpsertConfigMap records what HostsIn keeps of a ConfigMap. The workloads that take a variable from it are affected.
func (s *Snapshot) UpsertConfigMap(name types.NamespacedName, hosts map[string]string) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if maps.Equal(s.configMaps.hosts[name], hosts) {
		return nil
	}
	s.revision++
	if len(hosts) == 0 {
		delete(s.configMaps.hosts, name)
	} else {
		s.configMaps.hosts[name] = hosts
	}
	changed := collector{}
	for key := range s.byNamespace[name.Namespace] {
		if s.anySpec(key, func(spec *corev1.PodSpec) bool { return takesFrom(spec, name.Name) }) {
			changed.add(key)
		}
	}
	return changed.affected()
}

func takesFrom(spec *corev1.PodSpec, configMap string) (takes bool) {
	eachConfigMap(spec,
		func(ref *corev1.ConfigMapKeySelector, _ string) { takes = takes || ref.Name == configMap },
		func(name, _ string) { takes = takes || name == configMap })
	return takes
}

// hostsFor looks up what the ConfigMaps name that variables of a spec take their values from, by ConfigMap and key; nil where they
// name nothing.
func (s *Snapshot) hostsFor(namespace string, spec *corev1.PodSpec) map[string]map[string]string {
	if len(s.configMaps.hosts) == 0 {
		return nil
	}
	var out map[string]map[string]string
	take := func(name string) {
		hosts := s.configMaps.hosts[types.NamespacedName{Namespace: namespace, Name: name}]
		if hosts == nil {
			return
		}
		if out == nil {
			out = make(map[string]map[string]string)
		}
		out[name] = hosts
	}
	eachConfigMap(spec, func(ref *corev1.ConfigMapKeySelector, _ string) { take(ref.Name) }, func(name, _ string) { take(name) })
	return out
}
