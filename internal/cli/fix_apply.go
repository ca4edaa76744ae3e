package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/fix"
)

// apply makes the change in the model, and takes down how it is made in the cluster or in the files.
func (f *fixer) apply(ctx context.Context) error {
	if len(f.checks) > 0 {
		if err := f.applyChecks(); err != nil {
			return err
		}
	}
	for _, giver := range f.givers {
		if err := f.applyGiver(ctx, giver); err != nil {
			return err
		}
	}
	if f.secret != "" {
		f.result.Commands = append(f.result.Commands, "kubectl delete secret "+f.secret+" -n "+f.key.Namespace)
	}
	if f.network {
		f.applyNetwork()
	}
	return nil
}

// applyChecks changes the pods: the template, what was made of it, and those that run.
func (f *fixer) applyChecks() error {
	s := &f.objects
	if s.top == nil {
		return fmt.Errorf("%s itself is not given, its pods alone are: there is no template to change", f.key)
	}
	fixed, err := fix.Fixed(s.top, f.checks)
	if err != nil {
		return err
	}
	template := fix.PodSpec(s.top)
	if _, bare := s.top.(*corev1.Pod); bare {
		template = nil
	}
	for _, pod := range s.pods {
		s.add(f.replaced(pod, template))
	}
	if template != nil {
		s.add(fixed)
	}
	for _, below := range s.below {
		made, err := fix.Fixed(below, f.checks)
		if err != nil {
			return err
		}
		s.add(made)
	}
	patch, err := fix.Between(s.top, fixed)
	switch {
	case err != nil:
		return err
	case patch == nil:
		f.notef("The template of %s has none of this: admission, or somebody by hand, put it into its pods. Replace them.", f.key)
		return nil
	}
	f.noteManager()
	return f.record(fixed, patch)
}

// replaced is the pod that comes in the place of one. Nobody knows the node that it gets, but one of the control plane is not
// taken for granted.
func (f *fixer) replaced(pod *corev1.Pod, template *corev1.PodSpec) *corev1.Pod {
	out := fix.Pod(pod, template, f.checks)
	if f.engine.Snapshot.NodeNames()[out.Spec.NodeName].ControlPlane {
		out.Spec.NodeName = ""
	}
	return out
}

// record takes the patch down: as such, as an object where a patch is refused, and as an edit of the file that holds it.
func (f *fixer) record(fixed fix.Object, patch fix.Patch) error {
	if f.objects.place != nil {
		target, err := fix.Apply(f.objects.raw, patch, fixed)
		if err != nil {
			return err
		}
		f.edits = append(f.edits, edit{*f.objects.place, target})
	}
	switch kind := f.key.Kind; kind {
	case "Pod", "Job":
		f.notef("What a %s runs cannot be changed: delete it, and create the one below.", kind)
		made, err := fix.Recreated(fixed)
		f.result.Objects = append(f.result.Objects, made)
		return err
	case "ReplicaSet", "ReplicationController":
		f.notef("A %s does not replace its pods when its template changes: delete them.", kind)
	}
	f.result.Patches = append(f.result.Patches, patch)
	return nil
}

// noteManager names who would undo the change of a live object.
func (f *fixer) noteManager() {
	top := f.objects.top
	if f.objects.place != nil {
		return
	}
	switch annotations := top.GetAnnotations(); {
	case annotations["argocd.argoproj.io/tracking-id"] != "":
		f.notef("Argo CD manages it: make the change in its repository, or it is undone.")
	case top.GetLabels()["kustomize.toolkit.fluxcd.io/name"] != "", top.GetLabels()["helm.toolkit.fluxcd.io/name"] != "":
		f.notef("Flux manages it: make the change in its repository, or it is undone.")
	case top.GetLabels()["app.kubernetes.io/managed-by"] == "Helm":
		f.notef("Helm manages it: make the change in the chart or its values, or the next upgrade undoes it.")
	case len(top.GetOwnerReferences()) > 0:
		owner := &top.GetOwnerReferences()[0]
		f.notef("%s %s manages it: make the change there, or it is undone.", owner.Kind, owner.Name)
	}
}

// applyGiver takes the ServiceAccount out of a binding.
func (f *fixer) applyGiver(ctx context.Context, giver assess.Giver) error {
	b, err := f.objects.binding(ctx, giver.Binding)
	if err != nil {
		return err
	}
	kind, command := "ClusterRoleBinding", "kubectl delete clusterrolebinding "+giver.Binding.Name
	if giver.Binding.Namespace != "" {
		kind, command = "RoleBinding", "kubectl delete rolebinding "+giver.Binding.Name+" -n "+giver.Binding.Namespace
	}
	rest, named := fix.WithoutAccount(b.subjects, f.key.Namespace, giver.ServiceAccount)
	switch {
	case !named:
		f.notef("%s names a group of which ServiceAccount %s is a member. %s", giver.Binding, giver.ServiceAccount, groupBreaks)
		f.result.Commands, rest = append(f.result.Commands, command), nil
	case len(rest) == 0:
		f.result.Commands = append(f.result.Commands, command)
	default:
		f.result.Patches = append(f.result.Patches, fix.SubjectsPatch(kind, giver.Binding.Namespace, giver.Binding.Name, rest))
	}
	b.set(rest)
	if b.place == nil {
		return nil
	}
	target, err := rawAt(b.place)
	if err != nil {
		return err
	}
	target["subjects"] = fix.SubjectsPatch(kind, giver.Binding.Namespace, giver.Binding.Name, rest)["subjects"]
	f.edits = append(f.edits, edit{*b.place, target})
	return nil
}

// applyNetwork selects the pods with a NetworkPolicy that lets nothing out.
func (f *fixer) applyNetwork() {
	view, _ := f.engine.Snapshot.View(f.key)
	policy := &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Namespace: f.key.Namespace, Name: f.key.Name + "-egress"},
		Spec:       networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}},
	}
	if len(view.Networks) > 0 {
		policy.Spec.PodSelector.MatchLabels = stable(view.Networks[0].Labels)
	}
	if len(policy.Spec.PodSelector.MatchLabels) == 0 {
		f.notef("The pods have no label: the NetworkPolicy selects every pod of the namespace.")
	}
	f.objects.add(policy)
	f.result.Objects = append(f.result.Objects, policy)
}

// stable are labels without those that differ from one pod or rollout to the next.
func stable(labels map[string]string) map[string]string {
	out := make(map[string]string, len(labels))
	for key, value := range labels {
		switch {
		case strings.HasSuffix(key, "-hash"), strings.HasSuffix(key, "controller-uid"), strings.HasSuffix(key, "pod-index"),
			strings.HasSuffix(key, "/pod-name"), strings.HasSuffix(key, "generation"), strings.HasSuffix(key, "job-name"):
		default:
			out[key] = value
		}
	}
	return out
}

// settle compares the workload before and after.
func (f *fixer) settle(after *assess.Assessment) {
	if after == nil { // The files hold its last pods alone.
		f.result.After = f.result.Before
		return
	}
	f.result.After = verdictOf(after)
	if f.secret != "" { // The model knows of the Secret only that the pods name it.
		f.result.After.Score = f.before.TopFix.ScoreAfter
		f.result.After.Severity, f.result.After.Reach = "", ""
	}
	var left []string
	for _, change := range f.result.Changes {
		if f.secret == "" && slices.ContainsFunc(after.Findings, func(found finding.Finding) bool { return found.Check == change.Check }) {
			left = append(left, string(change.Check))
		}
	}
	if len(left) > 0 {
		f.notef("Still found afterwards: %s. Not all of it comes from what is changed.", strings.Join(left, ", "))
	}
}
