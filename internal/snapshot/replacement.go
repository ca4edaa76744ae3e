package snapshot

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Replacement is a set of pods that would be replaced alike, should they die; or what a workload without pods would make.
type Replacement struct {
	// Pods are their names, in order. Empty where none runs.
	Pods []string
	// Oldest and Newest are the first and the last time at which one of them was created.
	Oldest, Newest metav1.Time
	// Controller makes the replacement: the direct owner of the pods, the workload itself where none runs. Nil for a pod
	// that nobody replaces.
	Controller *metav1.OwnerReference
	// Template it is made from; nil where the pods come back as they live, as far as anybody can tell: their controller's
	// template is not readable, or an update leaves them alone.
	Template *Template
	// Live is what runs; nil where none does.
	Live *Template
	// Outdated pods were made from another template than that of today.
	Outdated bool
	// Set is what the first pod of a StatefulSet would get beside the template; nil where one runs, and for all other kinds.
	Set *SetPods
	// Account is the ServiceAccount of the replacement, LiveAccount that of what runs; nil where it is not there.
	Account, LiveAccount *ServiceAccount
	// Static pods are restarted by the kubelet, which asks nobody.
	Static bool
}

// Basis is what the replacement is made from: the template, or the pod as it lives.
func (r *Replacement) Basis() *Template {
	if r.Template != nil {
		return r.Template
	}
	return r.Live
}

// replacements groups the pods that are alive, which are given by name; of a workload without any it returns what the template would make.
func (s *Snapshot) replacements(key Key, alive []*pod) []Replacement {
	type likeness struct {
		owner               types.UID
		template            *Template
		spec                *Spec
		labels, annotations *labels.Set
		outdated, static    bool
	}
	groups := make(map[likeness]*Replacement)
	var out []*Replacement // By the name of the first pod, as the pods are.
	for _, p := range alive {
		like := likeness{template: s.templateOf(p), spec: p.spec, static: p.shape.Static}
		controller := p.controller
		if p.alone && s.makerOf(p) == nil {
			controller = nil
		}
		if controller != nil {
			like.owner = controller.UID
		}
		if like.template == nil {
			like.labels, like.annotations = p.labels, p.annotations
		} else {
			owner := s.owners[p.owner]
			like.outdated, controller = owner.madeBefore(p), referenceTo(owner)
		}
		r := groups[like]
		if r == nil {
			r = &Replacement{
				Oldest: p.CreationTimestamp, Newest: p.CreationTimestamp, Controller: controller, Template: like.template,
				Live:        &Template{Labels: *p.labels, Annotations: *p.annotations, Spec: p.spec},
				LiveAccount: s.account(key.Namespace, p.spec.Rules), Static: like.static, Outdated: like.outdated,
			}
			groups[like] = r
			out = append(out, r)
		}
		r.Pods = append(r.Pods, p.Name)
		if p.CreationTimestamp.Before(&r.Oldest) {
			r.Oldest = p.CreationTimestamp
		}
		if r.Newest.Before(&p.CreationTimestamp) {
			r.Newest = p.CreationTimestamp
		}
	}
	if owner := s.owners[key]; len(out) == 0 && owner != nil && owner.Template != nil {
		out = []*Replacement{{Controller: referenceTo(owner), Template: owner.Template, Set: owner.Set}}
	}
	sorted := make([]Replacement, len(out))
	for i, r := range out {
		r.Account = s.account(key.Namespace, r.Basis().Spec.Rules)
		sorted[i] = *r
	}
	return sorted
}

// templateOf is the template that a replacement of the pod is made from; nil where none is known to be. Where the owner has
// been created again under its name, that is the one of the new owner.
func (s *Snapshot) templateOf(p *pod) *Template {
	owner := s.makerOf(p)
	if owner == nil || owner.keepsBack(p) {
		return nil
	}
	return owner.Template
}

// makerOf is the owner that makes the pod anew; nil where none is known. One that has been given up is nobody's namesake.
func (s *Snapshot) makerOf(p *pod) *Owner {
	owner := s.owners[p.owner]
	if p.controller == nil || owner == nil || p.alone && !sameUID(owner.UID, p.controller.UID) {
		return nil
	}
	return owner
}

// madeBefore tells whether a pod was made from another template, as far as it shows that.
func (o *Owner) madeBefore(p *pod) bool {
	if !sameUID(o.UID, p.controller.UID) {
		return true
	}
	value, marked := (*p.labels)[o.Made.Label]
	return marked && value != o.Made.Value
}

// keepsBack tells whether the partition of a StatefulSet makes a pod come back in its earlier revision.
func (o *Owner) keepsBack(p *pod) bool {
	if o.Kept.Below == 0 || (*p.labels)[appsv1.ControllerRevisionHashLabelKey] != o.Kept.Revision {
		return false
	}
	ordinal, err := strconv.Atoi(strings.TrimPrefix(p.Name, o.Name+"-"))
	return err == nil && ordinal < int(o.Kept.Below)
}

func referenceTo(o *Owner) *metav1.OwnerReference {
	return &metav1.OwnerReference{APIVersion: o.APIVersion, Kind: o.Key.Kind, Name: o.Name, UID: o.UID}
}
