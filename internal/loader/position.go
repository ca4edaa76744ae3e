package loader

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/strict"
)

// Position is where a workload stands in a file.
type Position struct {
	File string

	first int // the line of the file that the document's first line is
	node  *yaml.Node
	pod   []string // the way to what pods are made from; nothing for a pod
}

// Positions finds the workloads of manifests, as Files reads them; of one that is given twice, the place that counts. The
// standard input has no places. What cannot be read is left out: Files says so.
func Positions(paths []string, namespace string) map[snapshot.Key]Position {
	out := make(map[snapshot.Key]Position)
	files, _ := expand(paths)
	for _, file := range files {
		if file == Stdin {
			continue
		}
		name, data, err := ReadFile(file, io.MultiReader())
		if err != nil {
			continue
		}
		documents := strict.Documents(data)
		for i := range documents {
			var root yaml.Node
			if yaml.Unmarshal(documents[i].Text(), &root) == nil && len(root.Content) == 1 {
				addPositions(out, Position{File: name, first: documents[i].Line, node: root.Content[0]}, namespace, 0)
			}
		}
	}
	return out
}

func addPositions(out map[snapshot.Key]Position, at Position, namespace string, depth int) {
	kind := metav1.TypeMeta{APIVersion: textOf(at.node, "apiVersion"), Kind: textOf(at.node, "kind")}
	if items := childOf(at.node, "items"); items != nil && strings.HasSuffix(kind.Kind, "List") && depth < maxNesting {
		for _, item := range items.Content {
			at.node = item
			addPositions(out, at, namespace, depth+1)
		}
		return
	}
	meta := childOf(at.node, "metadata")
	name := cmp.Or(textOf(meta, "name"), strings.TrimRight(textOf(meta, "generateName"), "-."))
	switch {
	case name == "":
		return
	case kind == metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}:
	case kind == metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"}:
		at.pod = []string{"spec", "jobTemplate", "spec", "template"}
	case snapshot.NewMaker(kind.APIVersion, kind.Kind) != nil:
		at.pod = []string{"spec", "template"}
	default:
		return
	}
	out[keyOf(kind.APIVersion, kind.Kind, cmp.Or(textOf(meta, "namespace"), namespace, corev1.NamespaceDefault), name)] = at
}

// Line is the line of a field of the workload's pod, such as spec.containers[0].image, from 1. Of a field that is not there it
// is that of what the field would stand in, and of what is no field that of the workload.
func (p *Position) Line(field string) int {
	node, line := p.node, p.node.Line
	if segments := segmentsOf(field); len(segments) > 0 {
		for _, name := range slices.Concat(p.pod, segments) {
			key, value := entryOf(node, name)
			if value == nil {
				break
			}
			node, line = value, key.Line
		}
	}
	return p.first + line - 1
}

// segmentsOf takes a path apart: names, and indexes as numbers. Nothing for a text that is no path within a pod.
func segmentsOf(field string) []string {
	if !strings.HasPrefix(field, "spec.") && !strings.HasPrefix(field, "metadata.") {
		return nil
	}
	return strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// entryOf is a field of an object or an element of a list, with the node that stands for its place; nil where there is none.
func entryOf(node *yaml.Node, name string) (key, value *yaml.Node) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				return node.Content[i], node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode:
	}
	return nil, nil
}

func childOf(node *yaml.Node, name string) *yaml.Node {
	if node == nil {
		return nil
	}
	_, value := entryOf(node, name)
	return value
}

func textOf(node *yaml.Node, name string) string {
	if value := childOf(node, name); value != nil {
		return value.Value
	}
	return ""
}
