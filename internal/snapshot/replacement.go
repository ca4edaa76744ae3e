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
	// Account is the ServiceAccount of the replacement; nil where it is not there.
	Account *ServiceAccount
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
		static              bool
	}
	groups := make(map[likeness]*Replacement)
	var out []*Replacement // By the name of the first pod, as the pods are.
	for _, p := range alive {
		like := likeness{template: s.templateOf(p), spec: p.spec, static: p.shape.Static}
		if p.controller != nil {
			like.owner = p.controller.UID
		}
		if like.template == nil {
			like.labels, like.annotations = p.labels, p.annotations
		}
		r := groups[like]
		if r == nil {
			r = &Replacement{
				Oldest: p.CreationTimestamp, Newest: p.CreationTimestamp, Controller: p.controller, Template: like.template,
				Live: &Template{Labels: *p.labels, Annotations: *p.annotations, Spec: p.spec}, Static: like.static,
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
		out = []*Replacement{{Controller: referenceTo(owner), Template: owner.Template}}
	}
	sorted := make([]Replacement, len(out))
	for i, r := range out {
		r.Account = s.account(key.Namespace, r.Basis().Spec.Rules)
		sorted[i] = *r
	}
	return sorted
}

// templateOf is the template that a replacement of the pod is made from; nil where none is known to be.
func (s *Snapshot) templateOf(p *pod) *Template {
	owner := s.owners[p.owner]
	if p.controller == nil || owner == nil || !sameUID(owner.UID, p.controller.UID) || owner.keepsBack(p) {
		return nil
	}
	return owner.Template
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
