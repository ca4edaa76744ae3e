package posture

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// envVariable is an environment variable with what stands in for its value, as far as that is known.
type envVariable struct {
	name, value, field string
	// from names the variable and the key of the ConfigMap that the value is taken from; empty for a literal value.
	from string
}

// variables are those of a container: its own, then those that all keys of a ConfigMap become. Of two of the latter the last one
// counts, and its own before any of them.
func (p *Pod) variables(c *Container) []envVariable {
	out := make([]envVariable, 0, len(c.Env))
	for i := range c.Env {
		e := &c.Env[i]
		field := c.Path("env[" + strconv.Itoa(i) + "].value")
		if e.ValueFrom == nil || e.ValueFrom.ConfigMapKeyRef == nil {
			out = append(out, envVariable{name: e.Name, value: e.Value, field: field})
			continue
		}
		ref := e.ValueFrom.ConfigMapKeyRef
		out = append(out, envVariable{
			name: e.Name, value: p.ConfigMaps[ref.Name][ref.Key], field: field + "From.configMapKeyRef",
			from: p.ofConfigMap(e.Name, ref.Name, ref.Key),
		})
	}
	if len(p.ConfigMaps) == 0 {
		return out
	}
	known := map[string]bool{}
	for i := range out {
		known[out[i].name] = true
	}
	for i, from := range slices.Backward(c.EnvFrom) {
		if from.ConfigMapRef == nil {
			continue
		}
		hosts := p.ConfigMaps[from.ConfigMapRef.Name]
		for _, key := range slices.Sorted(maps.Keys(hosts)) {
			name := from.Prefix + key
			if known[name] {
				continue
			}
			known[name] = true
			out = append(out, envVariable{
				name: name, value: hosts[key], field: c.Path("envFrom[" + strconv.Itoa(i) + "].configMapRef"),
				from: p.ofConfigMap(name, from.ConfigMapRef.Name, key),
			})
		}
	}
	return out
}

func (p *Pod) ofConfigMap(variable, configMap, key string) string {
	return fmt.Sprintf("%s of configMap %s/%s, key %s", variable, p.Namespace, configMap, key)
}
