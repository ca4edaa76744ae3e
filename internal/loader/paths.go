package loader

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Stdin is the path that stands for the standard input.
const Stdin = "-"

// expand replaces directories by the manifests below them. Every file comes once, in the order of the names, the
// standard input last: the order of the arguments changes nothing.
func expand(paths []string) (files []string, errs []error) {
	for _, path := range paths {
		if path == Stdin {
			files = append(files, path)
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if !info.IsDir() {
			files = append(files, filepath.Clean(path))
			continue
		}
		below, err := manifestsBelow(path)
		if err == nil && len(below) == 0 {
			err = fmt.Errorf("%s: the directory holds no file that ends in .yaml, .yml or .json", path)
		}
		if err != nil {
			errs = append(errs, err)
		}
		files = append(files, below...)
	}
	slices.SortFunc(files, func(a, b string) int {
		if (a == Stdin) != (b == Stdin) {
			if a == Stdin {
				return 1
			}
			return -1
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(files), errs
}

// manifestsBelow lists the manifests of a directory and those below it. Hidden files and directories are left out, among
// them the working directories of version control and of a ConfigMap's volume.
func manifestsBelow(root string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case isManifest(path):
			out = append(out, filepath.Clean(path))
		}
		return nil
	})
	return out, err
}

// isManifest tells by the name, and makes sure that it does not lead to a directory, be it by a symbolic link.
func isManifest(path string) bool {
	switch filepath.Ext(path) {
	case ".yaml", ".yml", ".json":
		info, err := os.Stat(path)
		return err != nil || !info.IsDir()
	default:
		return false
	}
}
