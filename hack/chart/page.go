package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// namespace is that of config/default, which becomes that of the release.
const namespace = "daysix-system"

// page is a template under way. Slots stand in the object where the text of the template goes: what is not YAML itself
// cannot be in the object.
type page struct{ slots []string }

// slot returns a scalar that stands for text. The line with the scalar is replaced by the lines of the text, indented alike; a
// line that begins with | is the line itself, with what follows the | in place of the scalar. HERE is the indentation in spaces,
// INSIDE that of a value below the line.
func (p *page) slot(text string) string {
	p.slots = append(p.slots, text)
	return fmt.Sprintf("_SLOT%d_", len(p.slots)-1)
}

// lines puts text into a mapping, as lines of it.
func (p *page) lines(mapping map[string]any, text string) { mapping[p.slot(text)] = "" }

// when returns a slot for an entry of a list that is there on a condition.
func (p *page) when(condition string, entry any) (string, error) {
	data, err := yaml.Marshal(entry)
	if err != nil {
		return "", fmt.Errorf("writing an entry of a list: %w", err)
	}
	text := "|" + strings.ReplaceAll(strings.TrimSpace(string(data)), "\n", "\n  ")
	return p.slot("{{- if " + condition + " }}\n" + text + "\n{{- end }}"), nil
}

var (
	slotLine   = regexp.MustCompile(`(?m)^( *)(.*)_SLOT(\d+)_(: "")?$`)
	namespaced = regexp.MustCompile(`(: )?\b` + namespace + `\b(\n)?`)
)

// text renders an object as a template.
func (p *page) text(o object) (string, error) {
	data, err := yaml.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", o.id(), err)
	}
	// What looks like a template in config/ is meant for somebody else, such as Prometheus.
	text := strings.ReplaceAll(string(data), "{{", `{{ "{{" }}`)
	text = namespaced.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, ": ") && strings.HasSuffix(found, "\n") {
			// A whole scalar: a namespace may look like a number.
			return ": {{ .Release.Namespace | quote }}\n"
		}
		return strings.Replace(found, namespace, "{{ .Release.Namespace }}", 1)
	})
	return slotLine.ReplaceAllStringFunc(text, p.fill), nil
}

func (p *page) fill(line string) string {
	found := slotLine.FindStringSubmatch(line)
	indentation, before := found[1], found[2]
	index, err := strconv.Atoi(found[3])
	if err != nil || index >= len(p.slots) {
		return line // Not ours.
	}
	text := strings.NewReplacer("HERE", strconv.Itoa(len(indentation)), "INSIDE", strconv.Itoa(len(indentation)+2)).Replace(p.slots[index])
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		own, is := strings.CutPrefix(part, "|")
		if is {
			part = before + own
		}
		lines = append(lines, strings.TrimRight(indentation+part, " "))
	}
	return strings.Join(lines, "\n")
}
