package main

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// own are the files of the chart that do not come of config/.
//
//go:embed all:files
var own embed.FS

// chartOf makes the chart, its files by path.
func chartOf(r *rendering) (map[string]string, error) {
	files, err := templates(r)
	if err != nil {
		return nil, err
	}
	manager, err := managerOf(r.deployment)
	if err != nil {
		return nil, err
	}
	image, err := readImage(manager)
	if err != nil {
		return nil, err
	}
	values := slices.Concat(imageValues(image),
		podValues(manager["resources"], r.deployment.at("spec", "template", "spec")["nodeSelector"]), auditValues())
	for _, c := range r.components {
		for _, v := range c.values() {
			// Folders of one name share their values.
			if !slices.ContainsFunc(values, func(other value) bool { return other.path == v.path }) {
				values = append(values, v)
			}
		}
	}
	for _, add := range []func() error{
		func() error { files["Chart.yaml"] = chartFile(image.tag); return nil },
		func() (err error) { files["values.yaml"], err = valuesFile(values); return err },
		func() (err error) { files["values.schema.json"], err = schemaFile(values); return err },
		func() (err error) { files["README.md"], err = readme(values); return err },
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return files, copyOwn(files)
}

func copyOwn(files map[string]string) error {
	err := fs.WalkDir(own, "files", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == readmeHead {
			return err
		}
		data, err := own.ReadFile(path)
		files[strings.TrimPrefix(path, "files/")] = string(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("copying the chart's own files: %w", err)
	}
	return nil
}

// chartFile is Chart.yaml. A chart has no version of its own: it is made from the configuration of one.
func chartFile(version string) string {
	return strings.NewReplacer("APP_VERSION", version, "VERSION", strings.TrimPrefix(version, "v")).Replace(head)
}

const head = `apiVersion: v2
name: daysix
description: A continuous security audit of a running cluster, one report per workload
type: application
version: VERSION
appVersion: APP_VERSION
# As tested. The suffix lets in what distributions append to a version.
kubeVersion: ">=1.34.0-0"
home: https://github.com/daysix/daysix
sources:
  - https://github.com/daysix/daysix
keywords: [security, audit, rbac, admission, network-policy]
`

type image struct{ repository, tag string }

// readImage takes the manager's image apart.
func readImage(manager map[string]any) (image, error) {
	name := fmt.Sprint(manager["image"])
	repository, tag, ok := strings.Cut(name, ":")
	if !ok || strings.ContainsAny(tag, "/@") {
		return image{}, fmt.Errorf("the manager's image %q has to be a repository and a tag: config/manager sets it", name)
	}
	return image{repository, tag}, nil
}

// readme is the page about the chart, with a row for each value.
func readme(values []value) (string, error) {
	text, err := own.ReadFile(readmeHead)
	if err != nil {
		return "", fmt.Errorf("reading the head of the chart's page: %w", err)
	}
	var rows strings.Builder
	for _, v := range values {
		data, err := yaml.Marshal(v.fallback)
		if err != nil {
			return "", fmt.Errorf("writing the default of %s: %w", v.path, err)
		}
		fallback := ""
		if v.fallback != nil {
			fallback = "`" + flat(string(data)) + "`"
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", v.path, fallback, v.doc)
	}
	return string(text) + rows.String(), nil
}

const readmeHead = "files/README.head.md"

// flat writes a small YAML value in one line.
func flat(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) == 1 && !strings.Contains(text, ": ") {
		return lines[0]
	}
	var value any
	if yaml.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return inline(value)
}

func inline(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var entries []string
		for _, key := range keys(v) {
			entries = append(entries, key+": "+inline(v[key]))
		}
		return "{" + strings.Join(entries, ", ") + "}"
	case []any:
		var entries []string
		for _, entry := range v {
			entries = append(entries, inline(entry))
		}
		return "[" + strings.Join(entries, ", ") + "]"
	case string:
		if v == "" {
			return `""`
		}
	}
	return fmt.Sprint(value)
}

// with returns a mapping with more in it.
func with(m schema, more schema) schema {
	m = maps.Clone(m)
	maps.Copy(m, more)
	return m
}
