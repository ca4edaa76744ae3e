package snapshot

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// View is everything that the assessment of one workload reads, at one revision. It does not change any more, and
// shares nothing with the snapshot that does.
type View struct {
	Revision uint64
	Workload Workload
	// Groups are the running pods by what matters to the audit, ordered by the name of their first pod. Empty where
	// no pod runs.
	Groups []Group
	// Template is what the pods of the workload would be, where none runs and the template can be read.
	Template *Group
	// Networks are the pods by what NetworkPolicies and Services can tell apart, ordered by their labels; of a workload
	// without pods, one of none.
	Networks []Network
	// Replacements are what would come of the running pods if they died, ordered by the name of the first of them; of a
	// workload without pods, what it would make.
	Replacements []Replacement
	// Namespace of the workload; nil where it is not known.
	Namespace *Namespace
	// Defaults are what the API server completes the replacements from.
	Defaults Defaults
	// Running and Terminating count the workload's pods.
	Running, Terminating int
	// NoControlPlane is true where no node of the control plane can be seen although nodes are read: a provider keeps
	// the control plane to itself, or the audit reads files.
	NoControlPlane bool
	// Unavailable are the sources that could not be read, by name.
	Unavailable []SourceStatus
	// NotGiven are those that files do not hold by nature, by name.
	NotGiven []Source
}

// Known tells whether all objects of a source are known.
func (v *View) Known(source Source) bool {
	lacking := slices.ContainsFunc(v.Unavailable, func(s SourceStatus) bool { return s.Source == source })
	return !lacking && !slices.Contains(v.NotGiven, source)
}

// Workload names the workload of a view.
type Workload struct {
	Key        Key
	APIVersion string
	// UID of the workload; empty where nothing tells it.
	UID types.UID
	// Deleting is true where the workload's object is on its way out.
	Deleting bool
	// Gone is true where the workload's object could be read and is not there: its last pods are on their way out.
	Gone bool
}

// Group is a set of pods that look the same to every rule.
type Group struct {
	Shape *Shape
	// Pods are their names, in order, and Nodes where each of them runs, empty where that is not decided.
	Pods, Nodes []string
	// Placement is the role and cloud of the nodes that they run on; the zero value where nothing is known.
	Placement Node
	// Claims holds what of a node is behind the claims that they mount, by the name in the shape.
	Claims map[string]HostVolume
	// Automount is automountServiceAccountToken of their ServiceAccount; nil where unset or unknown.
	Automount *bool
	// TokenSecrets is what is known of the Secrets around them.
	TokenSecrets TokenSecrets
	// ConfigMaps are what stands in for the hosts that ConfigMaps name, by ConfigMap and key, where the environment of the pods
	// takes values from them.
	ConfigMaps map[string]map[string]string
}

// Subjects are the groups that an assessment judges: the running pods, or what the template would make where none runs.
func (v *View) Subjects() []Group {
	if len(v.Groups) == 0 && v.Template != nil {
		return []Group{*v.Template}
	}
	return v.Groups
}

// View takes what the assessment of a workload reads. ok is false where there is no such workload.
func (s *Snapshot) View(key Key) (view View, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w, ok := s.workloads[key]
	if !ok {
		return View{}, false
	}
	view = View{
		Revision: s.revision, Workload: s.describe(key, w), Unavailable: s.unavailable(), NotGiven: s.notGiven(),
		Namespace: s.namespaces[key.Namespace], Defaults: s.defaults.of(key.Namespace),
	}
	nodes := s.sources[Nodes]
	view.NoControlPlane = s.controlPlaneNodes == 0 && (nodes == Synced || nodes == NotGiven)
	var alive, leaving []*pod
	for _, p := range w.pods {
		if p.terminating() {
			leaving = append(leaving, p)
		} else {
			alive = append(alive, p)
		}
	}
	for _, pods := range [...][]*pod{alive, leaving} {
		slices.SortFunc(pods, func(a, b *pod) int { return strings.Compare(a.Name, b.Name) })
	}
	view.Running, view.Terminating = len(alive), len(leaving)
	view.Replacements = s.replacements(key, alive)
	view.Networks = networks(alive, s.owners[key])
	switch owner := s.owners[key]; {
	case len(alive) > 0:
		view.Groups = s.group(alive)
	case len(leaving) > 0:
		view.Groups = s.group(leaving)
	case owner != nil && owner.Template != nil:
		template := Group{Shape: owner.Template.shape()}
		template.Automount = s.automount(key.Namespace, template.Shape.Spec)
		template.Claims = s.hostVolumes(key.Namespace, claimsOf(template.Shape.Spec))
		template.TokenSecrets = s.tokenSecrets(key.Namespace, template.Shape.Spec)
		template.ConfigMaps = s.hostsFor(key.Namespace, template.Shape.Spec)
		view.Template = &template
	}
	return view, true
}

// describe prefers the owner object; without it, the newest pod says whose it is.
func (s *Snapshot) describe(key Key, w *workload) Workload {
	if o := s.owners[key]; o != nil {
		return Workload{Key: key, APIVersion: o.APIVersion, UID: o.UID, Deleting: o.Deleting()}
	}
	var newest *pod
	for _, p := range w.pods {
		if newest == nil || later(p, newest) {
			newest = p
		}
	}
	if newest == nil {
		return Workload{Key: key}
	}
	return Workload{
		Key: key, APIVersion: newest.top.apiVersion, UID: types.UID(newest.top.uid),
		Deleting: key.groupKind() == kindPod && newest.terminating(),
		Gone:     s.gone(key),
	}
}

// later orders pods by their creation, and by name where that is the same.
func later(a, b *pod) bool {
	return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name)) > 0
}

// group puts together the pods, given by name, that look the same.
func (s *Snapshot) group(pods []*pod) []Group {
	type likeness struct {
		shape     *Shape
		placement Node
		claims    string
	}
	groups := make(map[likeness]*Group)
	for _, p := range pods {
		claims := s.hostVolumes(p.Namespace, p.claims)
		like := likeness{shape: p.shape, claims: spell(claims)}
		if n := s.nodes[p.node]; n != nil {
			like.placement = n.Node
		}
		g := groups[like]
		if g == nil {
			g = &Group{
				Shape: p.shape, Placement: like.placement, Claims: claims,
				Automount:    s.automount(p.Namespace, p.shape.Spec),
				TokenSecrets: s.tokenSecrets(p.Namespace, p.shape.Spec),
				ConfigMaps:   s.hostsFor(p.Namespace, p.shape.Spec),
			}
			groups[like] = g
		}
		g.Pods, g.Nodes = append(g.Pods, p.Name), append(g.Nodes, p.node)
	}
	out := make([]Group, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int { return strings.Compare(a.Pods[0], b.Pods[0]) })
	return out
}

// hostVolumes looks up what of a node is behind claims, given by the name in the shape.
func (s *Snapshot) hostVolumes(namespace string, claims map[string]string) map[string]HostVolume {
	var out map[string]HostVolume
	for inShape, claim := range claims {
		volume, bound := s.behind(types.NamespacedName{Namespace: namespace, Name: claim})
		if !bound {
			continue
		}
		if out == nil {
			out = make(map[string]HostVolume)
		}
		out[inShape] = volume
	}
	return out
}

// spell writes host volumes so that equal ones have equal text. The volume's name is left out: each replica has one of
// its own, and what counts is the path.
func spell(claims map[string]HostVolume) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		b.WriteString(name + "\x00" + claims[name].Path + "\x00")
		b.WriteString(strconv.FormatBool(claims[name].Local) + "\x00")
	}
	return b.String()
}

func (s *Snapshot) automount(namespace string, spec *corev1.PodSpec) *bool {
	if account := s.account(namespace, spec); account != nil {
		return account.Automount
	}
	return nil
}

// account is the ServiceAccount of a pod; nil where it is not there.
func (s *Snapshot) account(namespace string, spec *corev1.PodSpec) *ServiceAccount {
	return s.serviceAccounts[types.NamespacedName{Namespace: namespace, Name: ServiceAccountName(spec)}]
}

// ServiceAccountName is the identity of a pod; "default" where the spec names none.
func ServiceAccountName(spec *corev1.PodSpec) string {
	return cmp.Or(spec.ServiceAccountName, "default")
}

// runsAs tells whether pods of the workload, their replacements, or those its template would make, use a ServiceAccount.
func (s *Snapshot) runsAs(key Key, serviceAccount string) bool {
	return s.anySpec(key, func(spec *corev1.PodSpec) bool { return ServiceAccountName(spec) == serviceAccount })
}

// anySpec tells whether something is true of the pods of a workload, of their replacements, or of what its template makes.
func (s *Snapshot) anySpec(key Key, is func(*corev1.PodSpec) bool) bool {
	ofTemplate := func(t *Template) bool { return t != nil && is(t.Spec.Rules) }
	for _, p := range s.workloads[key].pods {
		if is(p.shape.Spec) || ofTemplate(s.templateOf(p)) {
			return true
		}
	}
	o := s.owners[key]
	return o != nil && ofTemplate(o.Template)
}
