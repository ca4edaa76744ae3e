package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/daysix/daysix/internal/config"
)

// schema is one of JSON Schema, draft 7: older releases of Helm know no later draft.
type schema map[string]any

// properties are those of a closed mapping.
func (s schema) properties() map[string]schema {
	properties, ok := s["properties"].(map[string]schema)
	if !ok {
		return nil
	}
	return properties
}

var (
	boolean = schema{"type": "boolean"}
	text    = schema{"type": "string", "minLength": 1}
	// quantity is of resources. The API server judges the form.
	quantity = schema{"type": []string{"string", "integer", "number"}}
)

func integer(least, most int) schema {
	return schema{"type": "integer", "minimum": least, "maximum": most}
}

func number(least int) schema { return schema{"type": "number", "minimum": least} }

func enum(values ...string) schema { return schema{"type": "string", "enum": values} }

func listOf(entry schema) schema { return schema{"type": "array", "items": entry} }

func mapOf(entry schema) schema { return schema{"type": "object", "additionalProperties": entry} }

// closed is a mapping of these keys and no others.
func closed(properties map[string]schema) schema {
	return schema{"type": "object", "additionalProperties": false, "properties": properties}
}

func resourcesSchema() schema {
	return closed(map[string]schema{"limits": mapOf(quantity), "requests": mapOf(quantity)})
}

func tolerationSchema() schema {
	return closed(map[string]schema{
		"key": {"type": "string"}, "operator": enum("Equal", "Exists", "Lt", "Gt"), "value": {"type": "string"},
		"effect": enum("", "NoSchedule", "PreferNoSchedule", "NoExecute"), "tolerationSeconds": {"type": "integer"},
	})
}

func affinitySchema() schema {
	some := schema{"type": "object"}
	return closed(map[string]schema{"nodeAffinity": some, "podAffinity": some, "podAntiAffinity": some})
}

func selectorSchema() schema {
	return closed(map[string]schema{"matchLabels": mapOf(schema{"type": "string"}), "matchExpressions": listOf(schema{"type": "object"})})
}

// bounded narrows fields of the configuration, as internal/config/validation.go does. A test holds the two against each other.
var bounded = map[string]schema{
	"metrics.maxWorkloadSeries":    integer(0, 10_000),
	"metrics.maxNamespaceSeries":   integer(0, 10_000),
	"podSecurity.defaults.enforce": enum("privileged", "baseline", "restricted"),
	"podSecurity.defaults.audit":   enum("privileged", "baseline", "restricted"),
	"podSecurity.defaults.warn":    enum("privileged", "baseline", "restricted"),
}

// configurationSchema is that of an AuditConfiguration, without what the chart sets.
func configurationSchema() schema {
	s := typeSchema("", reflect.TypeFor[config.AuditConfiguration]())
	for _, set := range []string{"apiVersion", "kind", "secretMetadata", "dryRun", "policyReports"} {
		delete(s.properties(), set)
	}
	return s
}

// typeSchema is that of a Go type as JSON has it, at a path.
func typeSchema(path string, t reflect.Type) schema {
	if s, ok := bounded[path]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.Bool:
		return boolean
	case reflect.Int:
		return schema{"type": "integer"}
	case reflect.Slice:
		list := listOf(typeSchema(path+"[]", t.Elem()))
		list["uniqueItems"] = true
		return list
	case reflect.Struct:
		properties := map[string]schema{}
		for _, field := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" {
				continue // Embedded: its fields are visible themselves.
			}
			properties[name] = typeSchema(strings.TrimPrefix(path+"."+name, "."), field.Type)
		}
		return closed(properties)
	default:
		return text
	}
}

// schemaFile writes values.schema.json.
func schemaFile(values []value) (string, error) {
	// Where the chart is one of another's, Helm adds global.
	root := closed(map[string]schema{"global": {"type": "object"}})
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "Values of the Daysix chart"
	for _, v := range values {
		if v.schema == nil {
			continue // A field of the configuration.
		}
		path := strings.Split(v.path, ".")
		at := root
		for _, key := range path[:len(path)-1] {
			if at.properties()[key] == nil {
				at.properties()[key] = closed(map[string]schema{})
			}
			at = at.properties()[key]
		}
		at.properties()[path[len(path)-1]] = with(v.schema, schema{"description": plain(v.doc)})
	}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing the schema of the values: %w", err)
	}
	return string(data) + "\n", nil
}

var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// plain is a text without its links and marks.
func plain(doc string) string {
	return strings.ReplaceAll(link.ReplaceAllString(doc, "$1"), "`", "")
}
