package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// pages reads every page of the repository, by its path from the root. What lies under hack are heads of pages elsewhere.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "bin", "dist", "hack"}, name) {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		out[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	code    = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")
	mdLink  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	block   = regexp.MustCompile("(?ms)^```.*?^```$")
	marks   = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	target  = regexp.MustCompile("(?m)(?:^|`|\\$ )make ([a-z][a-z -]*)")
)

// anchors are those that a code host gives to the headings of a page: letters and digits, in lower case, joined by dashes.
func anchors(page string) map[string]bool {
	out := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(block.ReplaceAllString(page, ""), -1) {
		text := mdLink.ReplaceAllString(match[1], "]")
		out[strings.ReplaceAll(strings.ToLower(marks.ReplaceAllString(text, "")), " ", "-")] = true
	}
	return out
}

// broken says what is wrong with a link of a page; empty where nothing is. Links to elsewhere are not followed.
func broken(all map[string]string, page, to string) string {
	if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
		return ""
	}
	path, anchor, _ := strings.Cut(to, "#")
	if path == "" {
		path = page
	} else {
		path = filepath.Join(filepath.Dir(page), path)
	}
	if _, err := os.Stat(filepath.Join(root, path)); err != nil {
		return "nothing is there"
	}
	if anchor != "" && !anchors(all[path])[anchor] {
		return "no heading is called so"
	}
	return ""
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	all := pages(t)
	for name, text := range all {
		for _, match := range mdLink.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			if why := broken(all, name, match[1]); why != "" {
				t.Errorf("%s: %s: %s", name, match[1], why)
			}
		}
	}
	for to, want := range map[string]string{
		"README.md#install": "", "#install": "", "docs": "", "https://example.com/none": "",
		"docs/none.md": "nothing is there", "#none": "no heading is called so",
	} {
		if got := broken(all, "README.md", to); got != want {
			t.Errorf("%s: %q, want %q", to, got, want)
		}
	}
}

func TestEveryTargetOfMakeThatAPageNamesIsThere(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(string(makefile), -1) {
		there[match[1]] = true
	}
	named := 0
	for name, text := range pages(t) {
		for _, match := range target.FindAllStringSubmatch(strings.Join(code.FindAllString(text, -1), "\n"), -1) {
			for one := range strings.FieldsSeq(match[1]) {
				if named++; !there[one] {
					t.Errorf("%s: make %s is no target", name, one)
				}
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d were found", named)
	}
}

func TestEveryPageIsReached(t *testing.T) {
	all := pages(t)
	seen, next := map[string]bool{}, []string{"README.md"}
	for len(next) > 0 {
		page := next[0]
		next = next[1:]
		if seen[page] {
			continue
		}
		seen[page] = true
		for _, match := range mdLink.FindAllStringSubmatch(all[page], -1) {
			path, _, _ := strings.Cut(match[1], "#")
			to := filepath.Join(filepath.Dir(page), path)
			if _, ok := all[filepath.Join(to, "README.md")]; ok {
				to = filepath.Join(to, "README.md")
			}
			if _, ok := all[to]; ok && path != "" {
				next = append(next, to)
			}
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "docs/") && !seen[name] {
			t.Errorf("no link leads to %s", name)
		}
	}
}
