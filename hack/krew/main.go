// Command krew packs the plugin for every platform, each archive with the licence and the helper for completions, and writes the
// manifest by which krew installs them.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

//go:embed daysix.yaml.tmpl
var manifest string

// platform is one that krew may install for.
type platform struct{ OS, Arch, File, Sum, Bin string }

func platforms() []platform {
	return []platform{
		{OS: "darwin", Arch: "amd64"},
		{OS: "darwin", Arch: "arm64"},
		{OS: "linux", Arch: "amd64"},
		{OS: "linux", Arch: "arm64"},
		{OS: "windows", Arch: "amd64"},
		{OS: "windows", Arch: "arm64"},
	}
}

// versions are those that krew takes: semantic ones behind a v.
var versions = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

func main() {
	version := flag.String("version", "", "Version of the release, such as v1.2.3.")
	root := flag.String("root", ".", "Directory of the module.")
	out := flag.String("out", "dist/krew", "Directory for the archives and the manifest.")
	flag.Parse()
	build := func(p *platform, file string) error { return compile(context.Background(), *root, *version, p, file) }
	if err := run(*version, *root, *out, build); err != nil {
		fmt.Fprintln(os.Stderr, "krew:", err)
		os.Exit(1)
	}
}

// run packs what build builds, and writes the manifest.
func run(version, root, out string, build func(p *platform, file string) error) error {
	if !versions.MatchString(version) {
		return fmt.Errorf("version %q: krew takes semantic versions behind a v: make krew VERSION=v1.2.3", version)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", out, err)
	}
	scratch, err := os.MkdirTemp("", "krew-")
	if err != nil {
		return fmt.Errorf("making a directory to build in: %w", err)
	}
	defer os.RemoveAll(scratch)
	all := platforms()
	for i := range all {
		p := &all[i]
		p.Bin = "kubectl-daysix"
		if p.OS == "windows" {
			p.Bin += ".exe"
		}
		binary := filepath.Join(scratch, p.OS+"-"+p.Arch, p.Bin)
		if err := build(p, binary); err != nil {
			return fmt.Errorf("building for %s/%s: %w", p.OS, p.Arch, err)
		}
		if err := pack(p, version, root, binary, out); err != nil {
			return err
		}
	}
	return writeManifest(version, all, filepath.Join(out, "daysix.yaml"))
}

// compile builds what make build does: neither the directory nor the state of the repository gets into the binary.
func compile(ctx context.Context, root, version string, p *platform, file string) error {
	flags := "-s -w -X main.version=" + version
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", file,
		"./cmd/kubectl-daysix")
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOOS="+p.OS, "GOARCH="+p.Arch)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(output)))
	}
	return nil
}

func writeManifest(version string, all []platform, file string) error {
	parsed, err := template.New("manifest").Option("missingkey=error").Parse(manifest)
	if err != nil {
		return fmt.Errorf("reading the template: %w", err)
	}
	var text strings.Builder
	if err := parsed.Execute(&text, map[string]any{"Version": version, "Platforms": all}); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}
