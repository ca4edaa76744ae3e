package fix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is a document with an object in it changed to the target: comments, the order of fields and the style of scalars
// stay, blank lines do not. The path leads to the object where the document is a list. A document in JSON stays JSON.
func Document(text []byte, path []any, target map[string]any) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	node := &document
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	if json.Valid(text) {
		return writeJSON(text, path, target)
	}
	object, err := walk(node, path)
	if err != nil {
		return nil, err
	}
	update(object, target)
	if !equal(object, target) { // An anchor or a merge key says more than the tree that was changed.
		fresh, err := encoded(target)
		if err != nil {
			return nil, err
		}
		*object = *fresh
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if compact(text) {
		encoder.CompactSeqIndent()
	}
	if err := encoder.Encode(&document); err != nil {
		return nil, fmt.Errorf("writing the document: %w", err)
	}
	return out.Bytes(), nil
}

// compact tells whether the items of a list stand below the first letter of its name. Without a list nothing tells.
func compact(text []byte) bool {
	parent := 0
	for line := range strings.Lines(string(text)) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch rest := strings.TrimSpace(line); {
		case rest == "" || strings.HasPrefix(rest, "#"):
		case strings.HasPrefix(rest, "- "):
			return indent <= parent
		default:
			parent = indent
		}
	}
	return true
}

// walk follows names of fields and positions in lists.
func walk(node *yaml.Node, path []any) (*yaml.Node, error) {
	for _, step := range path {
		node = behind(node)
		var next *yaml.Node
		switch s := step.(type) {
		case string:
			next = valueOf(node, s)
		case int:
			if node.Kind == yaml.SequenceNode && s < len(node.Content) {
				next = node.Content[s]
			}
		}
		if next == nil {
			return nil, fmt.Errorf("the document has no %v", path)
		}
		node = next
	}
	return behind(node), nil
}

func behind(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	if mapping.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if mapping.Content[i].Value == key {
				return mapping.Content[i+1]
			}
		}
	}
	return nil
}

// update makes a node say what the target says, and touches as little of it as it can.
func update(node *yaml.Node, target any) {
	if equal(node, target) {
		return
	}
	switch want := target.(type) {
	case map[string]any:
		if node.Kind == yaml.MappingNode {
			updateMapping(node, want)
			return
		}
	case []any:
		if node.Kind == yaml.SequenceNode {
			updateSequence(node, want)
			return
		}
	}
	if fresh, err := encoded(target); err == nil {
		fresh.HeadComment, fresh.LineComment, fresh.FootComment = node.HeadComment, node.LineComment, node.FootComment
		*node = *fresh
	}
}

func updateMapping(node *yaml.Node, want map[string]any) {
	var content []*yaml.Node
	seen := make(map[string]bool)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		target, wanted := want[key.Value]
		if !wanted && key.Tag != "!!merge" {
			continue
		}
		if wanted {
			seen[key.Value] = true
			update(value, target)
		}
		content = append(content, key, value)
	}
	var missing []string
	for key := range want {
		if !seen[key] {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	for _, key := range missing {
		name, errName := encoded(key)
		value, errValue := encoded(want[key])
		if errName == nil && errValue == nil {
			content = append(content, name, value)
		}
	}
	node.Content, node.Style = content, blockUnlessEmpty(node.Style, len(content))
}

func updateSequence(node *yaml.Node, want []any) {
	left := slices.Clone(node.Content)
	content := make([]*yaml.Node, 0, len(want))
	for _, target := range want {
		at := slices.IndexFunc(left, func(n *yaml.Node) bool { return equal(n, target) })
		if at < 0 {
			at = slices.IndexFunc(left, func(n *yaml.Node) bool { return sameItem(n, target) })
		}
		if at < 0 {
			if fresh, err := encoded(target); err == nil {
				content = append(content, fresh)
			}
			continue
		}
		update(left[at], target)
		content, left = append(content, left[at]), slices.Delete(left, at, at+1)
	}
	node.Content, node.Style = content, blockUnlessEmpty(node.Style, len(content))
}

// blockUnlessEmpty keeps the style; what was written as {} or [] and is not empty any more goes on lines of its own.
func blockUnlessEmpty(style yaml.Style, length int) yaml.Style {
	if length == 0 {
		return style | yaml.FlowStyle
	}
	return style
}

// itemKeys tell the items of the lists of a pod spec apart.
var itemKeys = [...]string{"name", "mountPath", "containerPort", "devicePath", "key", "topologyKey", "ip"}

func sameItem(node *yaml.Node, target any) bool {
	want, ok := target.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range itemKeys {
		if value, given := want[key]; given {
			is := valueOf(behind(node), key)
			return is != nil && equal(is, value)
		}
	}
	return false
}

// equal tells whether a node says what a value of JSON says.
func equal(node *yaml.Node, value any) bool {
	var is any
	if node.Decode(&is) != nil {
		return false
	}
	a, errA := json.Marshal(is)
	b, errB := json.Marshal(value)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func encoded(value any) (*yaml.Node, error) {
	node := &yaml.Node{}
	if err := node.Encode(plainNumbers(value)); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	return node, nil
}

// plainNumbers writes whole numbers as such: JSON has no other than floating ones.
func plainNumbers(value any) any {
	switch v := value.(type) {
	case float64:
		if whole := int64(v); float64(whole) == v {
			return whole
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = plainNumbers(v[key])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainNumbers(v[i])
		}
		return out
	}
	return value
}

func writeJSON(text []byte, path []any, target map[string]any) ([]byte, error) {
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	if len(path) == 0 {
		document = target
	} else if !put(document, path, target) {
		return nil, fmt.Errorf("the document has no %v", path)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("writing the document: %w", err)
	}
	return out.Bytes(), nil
}

// put replaces what stands at a path.
func put(document any, path []any, target any) bool {
	for i, step := range path {
		last := i == len(path)-1
		switch s := step.(type) {
		case string:
			fields, ok := document.(map[string]any)
			if !ok {
				return false
			}
			if last {
				fields[s] = target
			}
			document = fields[s]
		case int:
			items, ok := document.([]any)
			if !ok || s >= len(items) {
				return false
			}
			if last {
				items[s] = target
			}
			document = items[s]
		}
	}
	return true
}
