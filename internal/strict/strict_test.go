package strict

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestDocuments(t *testing.T) {
	type doc struct {
		Line int
		Text string
	}
	for _, test := range []struct {
		name, in string
		want     []doc
	}{
		{"an empty file holds no document", "", nil},
		{"comments and directives are no document", "# licence\n---\n%YAML 1.1\n---\na: 1\n", []doc{{5, "a: 1\n"}}},
		{"the separator may carry a comment", "a: 1\n--- # second\nb: 2\n", []doc{{1, "a: 1\n"}, {2, " # second\nb: 2\n"}}},
		{"text behind the separator belongs to the next document", "--- {a: 1}\n", []doc{{1, " {a: 1}\n"}}},
		{"three dots end a document", "a: 1\n...\nb: 2\n", []doc{{1, "a: 1\n"}, {3, "b: 2\n"}}},
		{"dashes that go on are text", "a: |\n  x\n----\n", []doc{{1, "a: |\n  x\n----\n"}}},
		{"lines may end as on Windows", "a: 1\r\n---\r\nb: 2\r\n", []doc{{1, "a: 1\r\n"}, {3, "b: 2\r\n"}}},
		{"JSON values may follow one another", "{\"a\":1}\n{\"b\":2} {\"c\":3}\n", []doc{{1, `{"a":1}`}, {2, `{"b":2}`}, {2, `{"c":3}`}}},
		{"a byte order mark is no text", "\xef\xbb\xbf{\"a\":1}", []doc{{1, `{"a":1}`}}},
		{"a broken JSON value takes the rest with it", "{\"a\":1}\n{\"b\":", []doc{{1, `{"a":1}`}, {1, "\n{\"b\":"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []doc
			for i, d := range Documents([]byte(test.in)) {
				if d.Number != i+1 {
					t.Errorf("document %d has number %d", i+1, d.Number)
				}
				got = append(got, doc{d.Line, string(d.data)})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorsNameTheLineOfTheFile(t *testing.T) {
	docs := Documents([]byte("a: 1\n---\nb: 1\nb: 2\n"))
	_, err := docs[1].JSON()
	if err == nil || !strings.Contains(err.Error(), `line 4: key "b" already set`) {
		t.Errorf("got %v", err)
	}
}

func TestUnmarshal(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"what is known is taken", `{"spec":{"nodeName":"a"}}`, nil},
		{
			"an unknown field is named with its index", `{"spec":{"containers":[{"name":"a"},{"imagine":"b"}]}}`,
			[]string{"spec.containers[1].imagine: unknown field"},
		},
		{"case matters", `{"spec":{"NodeName":"a"}}`, []string{"spec.NodeName: unknown field"}},
		{"a field given twice is named", `{"spec":{"nodeName":"a","nodeName":"b"}}`, []string{"spec.nodeName: given twice"}},
		{
			"a value of the wrong type is named with its index", `{"spec":{"containers":[{"name":"a"},{"tty":"yes"}]}}`,
			[]string{"spec.containers[1].tty: must be true or false, not string"},
		},
		{"a list in the place of an object is named", `{"spec":[]}`, []string{"spec: must be an object, not array"}},
		{"a document that is no object says so", `"hello"`, []string{"must be an object, not string"}},
		{
			"a type that decodes itself is named", `{"spec":{"containers":[{"resources":{"limits":{"cpu":"a lot"}}}]}}`,
			[]string{"spec.containers[0].resources.limits.cpu: quantities must match the regular expression " +
				"'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
		},
		{
			"a value is never part of the message", `{"spec":{"containers":[{"env":[{"name":"P","value":12345}]}]}}`,
			[]string{"spec.containers[0].env[0].value: must be a string, not number"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, e := range Unmarshal([]byte(test.in), &corev1.Pod{}) {
				got = append(got, e.Error())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
