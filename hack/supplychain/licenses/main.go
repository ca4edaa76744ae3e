// Command licenses lists the modules that the binaries are built from, each with the licences that its files hold, and copies
// those files, which have to go along with the binaries. A licence that is not on the list, or none, is an error.
//
//	licenses ROOT OUTPUT
//
// ROOT is the module of the product, OUTPUT the directory for modules.csv and the texts.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// allowed are the licences under which the product may be given away as it is: none of them asks for the source of the rest.
func allowed() []string { return []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"} }

// listing is what go list says of each package: the main module itself is left out.
const listing = `{{with .Module}}{{if not .Main}}{{.Path}},{{.Version}},{{.Dir}}{{end}}{{end}}`

// standardLibrary is in every binary too. Its licence is that of the toolchain.
const standardLibrary = "std"

// licenceFile is how files with a licence are called. What a NOTICE says has to be kept as well, and is no licence.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents|unlicense)([-._].*)?$`)

// ofDocuments is the end of the name of a licence for a module's pages, which are in no binary.
const ofDocuments = ".docs"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: licenses ROOT OUTPUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintf(os.Stderr, "licenses: %v\n", err)
		os.Exit(1)
	}
}

type module struct{ path, version, dir string }

func run(root, output string) error {
	modules, err := modulesOf(root)
	if err != nil {
		return err
	}
	known, err := assets.DefaultClassifier()
	if err != nil {
		return fmt.Errorf("reading the texts of licences: %w", err)
	}
	if err := os.RemoveAll(output); err != nil {
		return err
	}
	table := "module,version,licences\n"
	var refused []error
	for _, m := range modules {
		names, err := licencesOf(known, m, filepath.Join(output, filepath.FromSlash(m.path)))
		if err != nil {
			return fmt.Errorf("reading the licence of %s: %w", m.path, err)
		}
		table += fmt.Sprintf("%s,%s,%s\n", m.path, m.version, strings.Join(names, " "))
		refused = append(refused, judge(m, names))
	}
	if err := os.WriteFile(filepath.Join(output, "modules.csv"), []byte(table), 0o644); err != nil {
		return err
	}
	return errors.Join(refused...)
}

func judge(m module, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("%s %s has no licence that is known", m.path, m.version)
	}
	for _, name := range names {
		if !slices.Contains(allowed(), name) {
			return fmt.Errorf("%s %s is under %s, which is not among %s", m.path, m.version, name, strings.Join(allowed(), ", "))
		}
	}
	return nil
}

// modulesOf are those whose packages the commands are made of, by path.
func modulesOf(root string) ([]module, error) {
	text, err := goCommand(root, "list", "-deps", "-f", listing, "./cmd/...")
	if err != nil {
		return nil, err
	}
	all := map[module]bool{}
	for line := range strings.Lines(text) {
		if fields := strings.Split(strings.TrimSpace(line), ","); len(fields) == 3 {
			all[module{fields[0], fields[1], fields[2]}] = true
		}
	}
	toolchain, err := goCommand(root, "env", "GOVERSION", "GOROOT")
	if err != nil {
		return nil, err
	}
	version, goroot, _ := strings.Cut(strings.TrimSpace(toolchain), "\n")
	all[module{standardLibrary, version, goroot}] = true
	return slices.SortedFunc(maps.Keys(all), func(a, b module) int { return strings.Compare(a.path, b.path) }), nil
}

func goCommand(root string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr = root, &complaint
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, complaint.String())
	}
	return string(out), nil
}

// licencesOf copies the files with licences of a module, which stand at its top, and names what they hold.
func licencesOf(known *classifier.Classifier, m module, output string) ([]string, error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !licenceFile.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ofDocuments) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(output, entry.Name()), text, 0o644); err != nil {
			return nil, err
		}
		for _, match := range known.Match(text).Matches {
			if match.MatchType == "License" {
				names[match.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}
