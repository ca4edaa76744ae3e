package fix

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// The directives that a strategic merge patch holds beside the change (apimachinery, strategicpatch). kustomize does not know
// them, and people who read a patch need not.
const (
	setElementOrder = "$setElementOrder/"
	retainKeys      = "$retainKeys"
)

// Patch is a strategic merge patch, with the kind and the name of the object that it is for.
type Patch map[string]any

// Between is the patch that makes one object out of another; nil where they do not differ. Directives are left out where the
// patch says the same without them.
func Between(before, after Object) (Patch, error) {
	full, err := between(before, after)
	if err != nil || len(full) == 0 {
		return nil, err
	}
	short, _ := withoutDirectives(full).(map[string]any)
	patch := full
	if same(before, after, short) {
		patch = short
	}
	return named(patch, before), nil
}

func between(before, after Object) (map[string]any, error) {
	old, err := json.Marshal(before)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", before.GetName(), err)
	}
	fresh, err := json.Marshal(after)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", after.GetName(), err)
	}
	text, err := strategicpatch.CreateTwoWayMergePatch(old, fresh, before)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with what is to be made of it: %w", before.GetName(), err)
	}
	var patch map[string]any
	if err := json.Unmarshal(text, &patch); err != nil {
		return nil, fmt.Errorf("reading the patch of %s: %w", before.GetName(), err)
	}
	return patch, nil
}

// named puts the kind and the name first, as kustomize asks for them. kubectl patch takes them for no change.
func named(patch map[string]any, object Object) Patch {
	kind := object.GetObjectKind().GroupVersionKind()
	metadata := map[string]any{"name": object.GetName()}
	if object.GetNamespace() != "" {
		metadata["namespace"] = object.GetNamespace()
	}
	patch["apiVersion"], patch["kind"], patch["metadata"] = kind.GroupVersion().String(), kind.Kind, metadata
	return patch
}

// same tells whether a patch makes one object out of another.
func same(before, after Object, patch map[string]any) bool {
	old, err := json.Marshal(before)
	if err != nil {
		return false
	}
	text, err := json.Marshal(patch)
	if err != nil {
		return false
	}
	made, err := strategicpatch.StrategicMergePatch(old, text, before)
	if err != nil {
		return false
	}
	got := reflect.New(reflect.TypeOf(before).Elem()).Interface()
	return json.Unmarshal(made, got) == nil && equality.Semantic.DeepEqual(got, after)
}

// withoutDirectives is a copy of a part of a patch without what it says about order and about keys that stay.
func withoutDirectives(part any) any {
	switch p := part.(type) {
	case map[string]any:
		out := make(map[string]any, len(p))
		for key, value := range p {
			if key != retainKeys && !strings.HasPrefix(key, setElementOrder) {
				out[key] = withoutDirectives(value)
			}
		}
		return out
	case []any:
		out := make([]any, len(p))
		for i := range p {
			out[i] = withoutDirectives(p[i])
		}
		return out
	default:
		return part
	}
}

// Apply makes the object that a patch makes, of all that stands in a manifest: fields that the kind does not have stay.
func Apply(original map[string]any, patch Patch, kind Object) (map[string]any, error) {
	change := make(strategicpatch.JSONMap, len(patch))
	for key, value := range patch {
		if key != "apiVersion" && key != "kind" && key != "metadata" {
			change[key] = value
		}
	}
	out, err := strategicpatch.StrategicMergeMapPatch(original, change, kind)
	if err != nil {
		return nil, fmt.Errorf("patching %s: %w", kind.GetName(), err)
	}
	return out, nil
}
