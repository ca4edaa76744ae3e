package candidate

import (
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
)

// Objects are all objects of a kind that the API server may ask for; Known is false where they cannot be read.
type Objects[T any] struct {
	Known bool
	List  []*T
}

// named is the object of a name, nil where there is none.
func named[T any, P interface {
	*T
	GetName() string
}](objects Objects[T], name string) *T {
	for _, object := range objects.List {
		if P(object).GetName() == name {
			return object
		}
	}
	return nil
}

// Environment is what the API server looks at beside the pod.
type Environment struct {
	// Minor is the minor version of the API server, 37 for 1.37; 0 where it is not known: then the newest is taken.
	Minor int
	// LimitRanges and ServiceAccounts are those of the pod's namespace.
	LimitRanges     Objects[corev1.LimitRange]
	ServiceAccounts Objects[corev1.ServiceAccount]
	PriorityClasses Objects[schedulingv1.PriorityClass]
	RuntimeClasses  Objects[nodev1.RuntimeClass]
}

// Plugin is a built-in admission plugin, by the API server's own name.
type Plugin string

// The plugins that have a say here.
const (
	LimitRanger    Plugin = "LimitRanger"
	ServiceAccount Plugin = "ServiceAccount"
	Priority       Plugin = "Priority"
	RuntimeClass   Plugin = "RuntimeClass"
	ResourceQuota  Plugin = "ResourceQuota"
)

// Denial is a reason for which the API server would refuse the pod.
type Denial struct {
	Plugin Plugin
	// Kind and Name are the object that refuses the pod, or that is missing.
	Kind, Name string
	Message    string
}

// Unknown is what could not be looked at: the pod may be refused for it, or may lack what it would get from it.
type Unknown struct {
	Plugin Plugin
	// Kind is what cannot be read, Name the one that is asked for; empty for all of them.
	Kind, Name string
}

// Outcome is the pod as mutating policies see it, and as validating ones do where nothing mutates it; and what stands against it.
type Outcome struct {
	Pod *corev1.Pod
	// Denials, in the order in which the plugins are asked. The API server stops at the first.
	Denials []Denial
	Unknown []Unknown
}

func (o *Outcome) deny(plugin Plugin, kind, name, message string) {
	o.Denials = append(o.Denials, Denial{Plugin: plugin, Kind: kind, Name: name, Message: message})
}

func (o *Outcome) unknown(plugin Plugin, kind, name string) {
	o.Unknown = append(o.Unknown, Unknown{Plugin: plugin, Kind: kind, Name: name})
}

// Admit does to a pod what the API server does to it between the request and the first plugin that only judges, webhooks and
// mutating policies left out: defaults, the plugins that change pods, and what is set when a pod is created. A plugin that
// refuses the pod does not stop the others.
func Admit(pod *corev1.Pod, env Environment) Outcome {
	o := Outcome{Pod: pod.DeepCopy()}
	setDefaults(o.Pod)
	if env.Minor > 0 && env.Minor < podLevelDefaultsLate {
		defaultPodLevel(o.Pod, false)
	}
	change(&o, env)
	prepare(o.Pod, env.Minor)
	return o
}

// Reinvoke does to a pod, in place, what the plugins that change pods do when they are asked again, because a mutating policy
// changed the pod. It returns what they have against the pod now.
func Reinvoke(pod *corev1.Pod, env Environment) ([]Denial, []Unknown) {
	o := Outcome{Pod: pod}
	change(&o, env)
	return o.Denials, o.Unknown
}

// change asks the plugins that change pods.
func change(o *Outcome, env Environment) {
	applyLimitRanges(o, env.LimitRanges)
	applyServiceAccount(o, env.ServiceAccounts)
	applyPriority(o, env.PriorityClasses)
	applyTolerationSeconds(o.Pod)
	applyRuntimeClass(o, env.RuntimeClasses)
}

// Check is what the plugins that only judge have against a pod that nothing changes any more.
func Check(pod *corev1.Pod, env Environment) []Denial {
	o := Outcome{Pod: pod}
	checkLimitRanges(&o, env.LimitRanges)
	checkOverhead(&o, env.RuntimeClasses)
	return o.Denials
}
