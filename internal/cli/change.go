package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/whatif"
)

// deletion is a policy, a binding or a configuration of webhooks that is deleted. A binding has the kind of its policy.
type deletion struct {
	ref     admission.Ref
	binding bool
}

func (d deletion) kind() string {
	if d.binding {
		return string(d.ref.Kind) + "Binding"
	}
	return string(d.ref.Kind)
}

// deletions are what can be deleted, by plural.
func deletions() map[string]deletion {
	return map[string]deletion{
		"mutatingadmissionpolicies":         {ref: admission.Ref{Kind: admission.MutatingPolicy}},
		"mutatingadmissionpolicybindings":   {ref: admission.Ref{Kind: admission.MutatingPolicy}, binding: true},
		"mutatingwebhookconfigurations":     {ref: admission.Ref{Kind: admission.MutatingWebhooks}},
		"validatingadmissionpolicies":       {ref: admission.Ref{Kind: admission.ValidatingPolicy}},
		"validatingadmissionpolicybindings": {ref: admission.Ref{Kind: admission.ValidatingPolicy}, binding: true},
		"validatingwebhookconfigurations":   {ref: admission.Ref{Kind: admission.ValidatingWebhooks}},
	}
}

// deletable are the beginnings of what --delete takes.
func deletable() []string {
	var out []string
	for _, r := range builtinResources() {
		if _, ok := deletions()[r.plural]; ok {
			out = append(out, r.singular+"/")
		}
	}
	return out
}

func parseDeletion(text string) (deletion, error) {
	kind, name, _ := strings.Cut(text, "/")
	plural, group, _ := strings.Cut(strings.ToLower(kind), ".")
	if found, ok := find(builtinResources(), plural, group); ok && name != "" {
		if d, ok := deletions()[found.plural]; ok {
			d.ref.Name = name
			return d, nil
		}
	}
	return deletion{}, fmt.Errorf("--delete %q: must be one of %s followed by a name", text, strings.Join(deletable(), ", "))
}

// readChange reads the files that are applied. What is wrong with them is told at once: a change that is not the whole would
// break something else.
func (o *whatifOptions) readChange() (*loader.Objects, error) {
	namespace := *o.ConfigFlags.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault
		if len(o.Filenames) == 0 && len(o.Changes) > 0 {
			var err error
			if namespace, err = o.namespace(); err != nil {
				return nil, err
			}
		}
	}
	files := loader.Read(o.Changes, o.In, namespace)
	broken := files.Errors
	for _, object := range files.Objects {
		for _, fault := range whatif.Faults(object.Object) {
			broken = append(broken, fmt.Errorf("%s: %s %s: %s", object.At, object.Kind.Kind, object.GetName(), oneLine(fault)))
		}
	}
	for _, err := range broken {
		complain(o.ErrOut, err)
	}
	if len(broken) > 0 {
		return nil, fmt.Errorf("the change cannot be read; errors: %d", len(broken))
	}
	o.noteDuplicates(files.Duplicates)
	return files, nil
}

// oneLine puts what the compiler of expressions says, and points out below, into one line.
func oneLine(text string) string {
	var parts []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "|")); strings.Trim(line, ".^ ") != "" {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, " | ")
}

// labelled are the namespaces that --enforce is for, by name.
func (o *whatifOptions) labelled(m *loaded) ([]string, error) {
	if o.Enforce == "" {
		return nil, nil
	}
	if state := m.Snapshot.State(snapshot.Namespaces); state != snapshot.Synced && state != snapshot.NotGiven {
		return nil, fmt.Errorf("namespaces cannot be read (%s): what they enforce now is not known", state)
	}
	candidates := o.candidates(m)
	switch {
	case o.Selector != "" && len(candidates) == 0:
		return nil, fmt.Errorf("--selector %q: no namespace has these labels", o.Selector)
	case o.Selector != "" || o.AllNamespaces:
		return candidates, nil
	}
	namespace, err := o.namespace()
	if err == nil && !slices.Contains(candidates, namespace) {
		err = fmt.Errorf("there is no namespace %s", namespace)
	}
	return []string{namespace}, err
}

// candidates are the namespaces with the labels of --selector, or all of them, by name.
func (o *whatifOptions) candidates(m *loaded) []string {
	var names []string
	for _, n := range m.Snapshot.Namespaces() {
		if o.selector.Matches(withName(n)) {
			names = append(names, n.Name)
		}
	}
	if o.Selector == "" { // Files may hold workloads of namespaces that they do not hold.
		for _, key := range m.Snapshot.Workloads() {
			names = append(names, key.Namespace)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// apply changes the model: first what is deleted, then what the files hold, then the labels.
func (o *whatifOptions) apply(ctx context.Context, m *loaded, files *loader.Objects, labelled []string) ([]whatif.Change, error) {
	changes := []whatif.Change{}
	for _, d := range o.deletes {
		if !m.remove(d) {
			return nil, fmt.Errorf("there is no %s %s", d.kind(), d.ref.Name)
		}
		changes = append(changes, whatif.Change{Action: whatif.Delete, Kind: d.kind(), Name: d.ref.Name})
	}
	ignored := files.Others
	for _, object := range files.Objects {
		if !m.change(object.Object) {
			ignored = append(ignored, loader.KindCount{APIVersion: object.Kind.APIVersion, Kind: object.Kind.Kind, Count: 1})
			continue
		}
		changes = append(changes, whatif.Change{
			Action: whatif.Apply, Kind: object.Kind.Kind, Namespace: object.GetNamespace(), Name: object.GetName(),
		})
	}
	params, err := m.changeParams(ctx, files.Aside)
	if err != nil {
		return nil, err
	}
	for _, kind := range params {
		for _, name := range files.Aside.Names(kind) {
			changes = append(changes, whatif.Change{Action: whatif.Apply, Kind: kind.Kind, Namespace: name.Namespace, Name: name.Name})
		}
	}
	o.noteIgnored(ignored, params)
	o.noteLoose(m, files)
	for _, namespace := range labelled {
		m.label(namespace, o.enforce, nil)
		changes = append(changes, whatif.Change{Action: whatif.Label, Kind: "Namespace", Name: namespace, Labels: o.enforce})
	}
	if len(changes) == 0 {
		return nil, errors.New("nothing in the files decides about pods")
	}
	return changes, nil
}
