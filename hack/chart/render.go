package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// onTop is the component that goes on top of what config/default renders. The others are taken by it.
const onTop = "dry-run"

// composed are the objects that the chart composes from its values. Only these may a component change: the chart has to
// know what it changes in them.
var composed = map[string][]string{
	"metrics":         {"Deployment"},
	"policy-reports":  {"Deployment", "ConfigMap"},
	"secret-metadata": {"Deployment", "ConfigMap"},
	"dry-run":         {"ConfigMap"},
}

// rendering is what kustomize makes of config/.
type rendering struct {
	core       []object // without any component
	components []component
	deployment object // as config/default has it
}

// component is one of config/, by the name of its folder.
type component struct {
	name      string
	byDefault bool     // config/default takes it
	added     []object // what is there with it and not without
}

// render renders config/default without components, and then with each. It works on a copy.
func render(ctx context.Context, kustomize, config string) (*rendering, error) {
	folder, err := os.MkdirTemp("", "daysix-chart-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the configuration: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := os.CopyFS(folder, os.DirFS(config)); err != nil {
		return nil, fmt.Errorf("copying the configuration: %w", err)
	}
	k := &kustomizer{binary: kustomize, folder: folder}
	if err := k.read(); err != nil {
		return nil, err
	}
	r := &rendering{}
	if r.core, err = k.build(ctx, "default", k.taken); err != nil {
		return nil, err
	}
	r.deployment = r.core[slices.IndexFunc(r.core, func(o object) bool { return o.kind() == "Deployment" })]
	if r.core, err = k.build(ctx, "default", nil); err != nil {
		return nil, err
	}
	paths, err := k.components()
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		c, err := k.component(ctx, path, r.core)
		if err != nil {
			return nil, err
		}
		r.components = append(r.components, c)
	}
	return r, nil
}

// kustomizer renders a copy of config/ with components of choice.
type kustomizer struct {
	binary, folder string
	kustomization  map[string]any // config/default
	taken          []string       // the paths of the components of config/default
}

func (k *kustomizer) read() error {
	path := filepath.Join(k.folder, "default", "kustomization.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading config/default: %w", err)
	}
	if err := yaml.Unmarshal(data, &k.kustomization); err != nil {
		return fmt.Errorf("reading config/default: %w", err)
	}
	listed, _ := k.kustomization["components"].([]any)
	for _, path := range listed {
		k.taken = append(k.taken, fmt.Sprint(path))
	}
	return nil
}

// components lists the paths of all components, as config/default would name them, sorted by name.
func (k *kustomizer) components() ([]string, error) {
	var paths []string
	for _, pattern := range []string{"*", "components/*"} {
		files, err := filepath.Glob(filepath.Join(k.folder, pattern, "kustomization.yaml"))
		if err != nil {
			return nil, fmt.Errorf("listing the folders of config/: %w", err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("reading a folder of config/: %w", err)
			}
			if folder, err := filepath.Rel(filepath.Join(k.folder, "default"), filepath.Dir(file)); err == nil && isComponent.Match(data) {
				paths = append(paths, folder)
			}
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(strings.Compare(filepath.Base(a), filepath.Base(b)), strings.Compare(a, b))
	})
	return paths, nil
}

var isComponent = regexp.MustCompile(`(?m)^kind: Component$`)

// build renders a folder of config/, with the components of config/default replaced.
func (k *kustomizer) build(ctx context.Context, folder string, components []string) ([]object, error) {
	k.kustomization["components"] = components
	if err := k.write("default", k.kustomization); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, k.binary, "build", filepath.Join(k.folder, folder))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("rendering config/%s with components %v: %w: %s", folder, components, err, stderr.String())
	}
	return readObjects(string(output))
}

func (k *kustomizer) write(folder string, kustomization any) error {
	data, err := yaml.Marshal(kustomization)
	if err != nil {
		return fmt.Errorf("writing config/%s: %w", folder, err)
	}
	path := filepath.Join(k.folder, folder)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("writing config/%s: %w", folder, err)
	}
	if err := os.WriteFile(filepath.Join(path, "kustomization.yaml"), data, 0o600); err != nil {
		return fmt.Errorf("writing config/%s: %w", folder, err)
	}
	return nil
}

// component renders with a component and finds what it adds to the core.
func (k *kustomizer) component(ctx context.Context, path string, core []object) (component, error) {
	c := component{name: filepath.Base(path), byDefault: slices.Contains(k.taken, path)}
	folder, inside := "default", []string{path}
	if c.name == onTop {
		folder, inside = "on-top", nil
		overlay := map[string]any{"resources": []string{"../default"}, "components": []string{path}}
		if err := k.write(folder, overlay); err != nil {
			return component{}, err
		}
	}
	objects, err := k.build(ctx, folder, inside)
	if err != nil {
		return component{}, err
	}
	for _, o := range objects {
		i := slices.IndexFunc(core, func(other object) bool { return other.id() == o.id() })
		switch {
		case i < 0:
			c.added = append(c.added, o)
		case !reflect.DeepEqual(core[i], o) && !slices.Contains(composed[c.name], o.kind()):
			return component{}, fmt.Errorf("component %s changes %s: hack/chart has to know how a value does that", c.name, o.id())
		}
	}
	if len(objects) != len(core)+len(c.added) {
		return component{}, fmt.Errorf("component %s takes objects away: the chart has no way to say so", c.name)
	}
	return c, nil
}
