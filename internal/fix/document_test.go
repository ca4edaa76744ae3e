package fix

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"
)

func TestDocument(t *testing.T) {
	for name, test := range map[string]struct{ text, target, want string }{
		"a comment stays, a field goes, another comes": {
			"# head\na: 1 # one\nb:\n  c: x # ex\n  d: y\n", `{"a":1,"b":{"c":"z","e":[true]}}`,
			"# head\na: 1 # one\nb:\n  c: z # ex\n  e:\n  - true\n",
		},
		"items are told apart by their name": {
			"l:\n  - name: a # first\n    v: 1\n  - name: b # second\n    v: 2\n", `{"l":[{"name":"b","v":3}]}`,
			"l:\n  - name: b # second\n    v: 3\n",
		},
		"an anchor is written out where one of its places changes": {
			"x: &x {a: 1}\ny: *x\n", `{"x":{"a":1},"y":{"a":2}}`, "x: &x {a: 1}\ny:\n  a: 2\n",
		},
		"a merge key is written out": {
			"x: &x {a: 1}\nz: {<<: *x, b: 2}\n", `{"x":{"a":1},"z":{"b":2}}`, "x:\n  a: 1\nz:\n  b: 2\n",
		},
		"JSON stays JSON":                {`{"b":1,"a":"<"}`, `{"b":2,"a":"<"}`, "{\n  \"a\": \"<\",\n  \"b\": 2\n}\n"},
		"YAML that begins like JSON":     {"{a: 1, b: 2} # c\n", `{"a":1}`, "{a: 1} # c\n"},
		"an empty list is one in braces": {"a:\n- b\n", `{"a":[]}`, "a: []\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var target map[string]any
			if err := json.Unmarshal([]byte(test.target), &target); err != nil {
				t.Fatal(err)
			}
			got, err := Document([]byte(test.text), nil, target)
			if err != nil || string(got) != test.want {
				t.Errorf("%v\n%s\nwant\n%s", err, got, test.want)
			}
		})
	}
}

// values draws what JSON can hold.
func values(depth int) *rapid.Generator[any] {
	scalar := rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]string{"", "a", "true", "1", "~", "x: y", "# no", "line\nbreak", "2024-01-01", " "}), asAny[string]),
		rapid.Map(rapid.IntRange(-3, 100000), func(i int) any { return float64(i) }), rapid.Map(rapid.Bool(), asAny[bool]), rapid.Just[any](nil),
	)
	if depth == 0 {
		return scalar
	}
	return rapid.OneOf(
		scalar, rapid.Map(rapid.SliceOfN(values(depth-1), 0, 3), asAny[[]any]),
		rapid.Map(objects(depth-1), asAny[map[string]any]),
	)
}

func asAny[T any](value T) any { return value }

func objects(depth int) *rapid.Generator[map[string]any] {
	return rapid.MapOfN(rapid.SampledFrom([]string{"name", "a", "b", "mountPath", "on", "1"}), values(depth), 0, 4)
}

// Whatever is made of whatever, the document says what it should.
func TestADocumentSaysTheTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, target := objects(3).Draw(t, "before"), objects(3).Draw(t, "target")
		text, err := yaml.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Document(text, nil, target)
		if err != nil {
			t.Fatal(err)
		}
		var is any
		if err := yaml.Unmarshal(got, &is); err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
		a, errA := json.Marshal(target)
		b, errB := json.Marshal(is)
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Fatalf("from\n%s\nto %s:\n%s", text, a, got)
		}
	})
}
