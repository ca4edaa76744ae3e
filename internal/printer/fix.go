package printer

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/fix"
)

// FixJSON writes what is to be changed as JSON.
func FixJSON(w io.Writer, r *fix.Result) error { return writeJSON(w, r) }

// FixStrategic writes patches and objects as YAML documents. What has to be known about them stands above, in comments.
func FixStrategic(w io.Writer, r *fix.Result) error {
	var b strings.Builder
	comment(&b, FixNotes(r))
	for _, patch := range r.Patches {
		comment(&b, []string{"Apply it with: kubectl patch " + target(patch) + " --patch-file FILE"})
	}
	if err := documents(&b, r); err != nil {
		return err
	}
	return writeText(w, &b)
}

// FixKustomize writes the patches as the part of a kustomization that they belong to.
func FixKustomize(w io.Writer, r *fix.Result) error {
	var b strings.Builder
	comment(&b, FixNotes(r))
	if len(r.Patches) > 0 {
		b.WriteString("patches:\n")
	}
	for _, patch := range r.Patches {
		text, err := yaml.Marshal(patch)
		if err != nil {
			return fmt.Errorf("writing YAML: %w", err)
		}
		group, version, ok := strings.Cut(fmt.Sprint(patch["apiVersion"]), "/")
		if !ok {
			group, version = "", group
		}
		b.WriteString("- target:\n")
		for _, field := range [...][2]string{
			{"group", group}, {"version", version}, {"kind", fmt.Sprint(patch["kind"])}, {"name", nameOf(patch, "name")},
		} {
			if field[1] != "" {
				b.WriteString("    " + field[0] + ": " + quoted(field[1]) + "\n")
			}
		}
		b.WriteString("  patch: |-\n")
		for line := range strings.Lines(string(text)) {
			b.WriteString("    " + line)
		}
	}
	if len(r.Objects) > 0 {
		comment(&b, []string{"No patch: the objects below have to be made."})
		return documentsThen(w, &b, &fix.Result{Objects: r.Objects})
	}
	return writeText(w, &b)
}

func documentsThen(w io.Writer, b *strings.Builder, r *fix.Result) error {
	b.WriteString("---\n")
	if err := documents(b, r); err != nil {
		return err
	}
	return writeText(w, b)
}

// FixNotes say what is changed, what it may break, and what comes of it.
func FixNotes(r *fix.Result) []string {
	ref := &r.Workload
	out := []string{fmt.Sprintf("%s %s/%s: score %s", ref.Kind, ref.Namespace, ref.Name, scoresOf(r))}
	for _, change := range r.Changes {
		out = append(out, string(change.Check)+": "+change.Change, "May break: "+change.Breaks)
	}
	out = append(out, r.Notes...)
	for _, command := range r.Commands {
		out = append(out, "Run: "+command)
	}
	return out
}

func scoresOf(r *fix.Result) string {
	said := fmt.Sprintf("%d (%s) -> %d", r.Before.Score, r.Before.Severity, r.After.Score)
	if r.After.Severity != "" {
		said += " (" + r.After.Severity + ")"
	}
	if r.After.Reach != "" && r.After.Reach != r.Before.Reach {
		said += fmt.Sprintf(", reach %s -> %s", r.Before.Reach, r.After.Reach)
	}
	if r.After.Restart != r.Before.Restart {
		said += fmt.Sprintf(", restart %s -> %s", r.Before.Restart, r.After.Restart)
	}
	return said + "."
}

// comment writes lines behind #, broken at the width of a screen. Names from manifests are made plain: none ends a comment.
func comment(b *strings.Builder, texts []string) {
	for _, text := range texts {
		for i, line := range wrapped(Plain(text), screenWidth-len("#   ")) {
			prefix := "# "
			if i > 0 {
				prefix = "#   "
			}
			b.WriteString(prefix + line + "\n")
		}
	}
}

// documents writes patches, then objects.
func documents(b *strings.Builder, r *fix.Result) error {
	all := make([]any, 0, len(r.Patches)+len(r.Objects))
	for _, patch := range r.Patches {
		all = append(all, patch)
	}
	for i, document := range append(all, r.Objects...) {
		text, err := yaml.Marshal(document)
		if err != nil {
			return fmt.Errorf("writing YAML: %w", err)
		}
		if i > 0 {
			b.WriteString("---\n")
		}
		b.Write(text)
	}
	return nil
}

func writeText(w io.Writer, b *strings.Builder) error {
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the patch: %w", err)
	}
	return nil
}

// target is an object as kubectl takes it.
func target(patch fix.Patch) string {
	said := strings.ToLower(fmt.Sprint(patch["kind"])) + " " + nameOf(patch, "name")
	return strings.TrimSuffix(said+" -n "+cmp.Or(nameOf(patch, "namespace"), "\x00"), " -n \x00")
}

func nameOf(patch fix.Patch, field string) string {
	metadata, _ := patch["metadata"].(map[string]any)
	name, _ := metadata[field].(string)
	return name
}

// quoted is a scalar of YAML on one line.
func quoted(text string) string {
	out, err := yaml.Marshal(text)
	if err != nil {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSpace(string(out))
}
