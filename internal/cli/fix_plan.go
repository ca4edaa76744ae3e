package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/fix"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// What the fixes that no check of a pod brings may break.
const (
	bindingBreaks = "What the pods do at the API server with the rights of the binding is refused."
	groupBreaks   = "Whoever is in the group that the binding names loses its rights as well."
	secretBreaks  = "Whatever else uses the token of the Secret is refused, in the cluster or outside of it."
	networkBreaks = "The pods connect to nothing any more, name servers included: allow what they need under spec.egress."
)

// fixer makes one change of one workload.
type fixer struct {
	options *fixOptions
	m       *loaded
	engine  *assess.Engine
	key     snapshot.Key
	before  *assess.Assessment
	result  fix.Result

	// What is to be done, in order.
	checks  []posture.Check
	givers  []assess.Giver
	secret  string
	network bool

	objects objects
	edits   []edit
}

// prepare decides what is to be done, and gets the objects that it is done to.
func (f *fixer) prepare(ctx context.Context) error {
	ref := &f.before.Workload
	f.result.Workload = fix.Reference{APIVersion: ref.APIVersion, Kind: ref.Key.Kind, Namespace: ref.Key.Namespace, Name: ref.Key.Name}
	f.result.Before, f.result.Changes = verdictOf(f.before), []fix.Change{}
	if err := f.choose(); err != nil {
		return err
	}
	f.objects.options, f.objects.m = f.options, f.m
	return f.objects.get(ctx, f.key, f.before)
}

func (f *fixer) choose() error {
	switch {
	case f.options.All:
		if !f.addAll(f.before.Findings) {
			f.notef("No finding that a change of the pods can remove.")
		}
		return nil
	case len(f.options.Checks) > 0:
		for _, id := range f.options.Checks {
			if err := f.chooseCheck(finding.CheckID(id)); err != nil {
				return err
			}
		}
		return nil
	default:
		f.chooseTop()
		return nil
	}
}

// addAll takes every finding that has a fix. It tells whether there are any that were not taken before.
func (f *fixer) addAll(findings []finding.Finding) (more bool) {
	for _, check := range posture.Registry() {
		found := firstOf(findings, check.ID)
		if found != nil && check.Fix != nil && !f.takes(check.ID) {
			f.addCheck(check, found)
			more = true
		}
	}
	return more
}

func (f *fixer) takes(id finding.CheckID) bool {
	return slices.ContainsFunc(f.checks, func(c posture.Check) bool { return c.ID == id })
}

func (f *fixer) chooseTop() {
	top := f.before.TopFix
	if top == nil {
		f.notef("No single change lowers the score. --all removes what a change of the pods can remove.")
		return
	}
	if check, ok := checkOf(top.Check); ok && check.Fix != nil && top.Secret == "" {
		f.addCheck(check, f.found(top.Check))
		return
	}
	f.addChange(top.Check, top.Change, "")
	last := &f.result.Changes[len(f.result.Changes)-1]
	switch {
	case top.Secret != "":
		f.secret, last.Breaks = top.Secret, secretBreaks
	case top.Binding.Name != "":
		last.Breaks = bindingBreaks
		for _, giver := range f.engine.Givers(f.key, top.Check) {
			if giver.Binding == top.Binding {
				f.givers = append(f.givers, giver)
			}
		}
	default:
		f.network, last.Breaks = true, networkBreaks
	}
}

// chooseCheck takes a finding that the user named.
func (f *fixer) chooseCheck(id finding.CheckID) error {
	check, known := checkOf(id)
	found := f.found(id)
	givers := f.engine.Givers(f.key, id)
	switch {
	case found == nil && !known && len(givers) == 0:
		return fmt.Errorf("--check %s: %s has no such finding%s", id, f.key, f.nearCheck(string(id)))
	case found == nil:
		f.notef("%s has no finding of %s: nothing is to be done about it.", f.key, id)
	case known && check.Fix != nil:
		f.addCheck(check, found)
	case len(givers) > 0:
		for _, giver := range givers {
			f.addChange(id, "Remove ServiceAccount "+giver.ServiceAccount+" from "+giver.Binding.String()+".", bindingBreaks)
		}
		f.givers = append(f.givers, givers...)
	case assess.IsNetwork(id):
		f.addChange(id, found.Remediation, networkBreaks)
		f.network = true
	default:
		return fmt.Errorf("--check %s: no change of the workload alone removes it: %s", id, found.Remediation)
	}
	return nil
}

// nearCheck names the findings that may be meant.
func (f *fixer) nearCheck(id string) string {
	var likely []string
	for i := range f.before.Findings {
		if name := string(f.before.Findings[i].Check); alike(strings.ToLower(id), strings.ToLower(name)) {
			likely = append(likely, name)
		}
	}
	slices.Sort(likely)
	if likely = slices.Compact(likely); len(likely) == 0 {
		return ""
	}
	return "; near: " + strings.Join(likely[:min(len(likely), nearNames)], ", ")
}

func checkOf(id finding.CheckID) (posture.Check, bool) {
	all := posture.Registry()
	at := slices.IndexFunc(all, func(c posture.Check) bool { return c.ID == id })
	if at < 0 {
		return posture.Check{}, false
	}
	return all[at], true
}

// found is the worst finding of a check; nil where there is none.
func (f *fixer) found(id finding.CheckID) *finding.Finding { return firstOf(f.before.Findings, id) }

func firstOf(findings []finding.Finding, id finding.CheckID) *finding.Finding {
	at := slices.IndexFunc(findings, func(found finding.Finding) bool { return found.Check == id })
	if at < 0 {
		return nil
	}
	return &findings[at]
}

func (f *fixer) addCheck(check posture.Check, found *finding.Finding) {
	if f.takes(check.ID) {
		return
	}
	f.checks = append(f.checks, check)
	f.addChange(check.ID, found.Remediation, check.Breaks)
}

func (f *fixer) addChange(id finding.CheckID, change, breaks string) {
	f.result.Changes = append(f.result.Changes, fix.Change{Check: id, Change: change, Breaks: breaks})
}

func (f *fixer) notef(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(f.result.Notes, text) {
		f.result.Notes = append(f.result.Notes, text)
	}
}
