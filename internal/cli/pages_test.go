package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// A page may show a command in a block, with a prompt or without, or in a line.
var shown = regexp.MustCompile("(?m)(?:^|`|\\| |\\$ )kubectl daysix ([^`\n]+)")

// wrongIn says what is wrong with a command as a page shows it; empty where nothing is.
func wrongIn(root *cobra.Command, line string) string {
	// What follows is for the shell, and brackets are those of a synopsis.
	line = regexp.MustCompile(`[|;<>&#].*`).ReplaceAllString(line, "")
	words := strings.Fields(strings.NewReplacer("[", " ", "]", " ", "(", " ", ")", " ", "…", "", "'", "").Replace(line))
	if len(words) == 0 || words[0] != strings.ToLower(words[0]) {
		return ""
	}
	cmd, _, err := root.Find(words)
	if err != nil || cmd == root {
		return "there is no such verb"
	}
	for _, word := range words[1:] {
		var flag *pflag.Flag
		switch name, _, _ := strings.Cut(word, "="); {
		case word == "-" || word == "--" || !strings.HasPrefix(word, "-"):
			continue
		case strings.HasPrefix(name, "--"):
			flag = cmd.Flag(name[2:])
		default:
			if flag = cmd.Flags().ShorthandLookup(name[1:2]); flag == nil {
				flag = cmd.InheritedFlags().ShorthandLookup(name[1:2])
			}
		}
		if flag == nil {
			return "there is no flag " + word
		}
	}
	return ""
}

func TestEveryCommandThatAPageShowsIsThere(t *testing.T) {
	root := NewRootCommand(genericiooptions.NewTestIOStreamsDiscard())
	root.InitDefaultCompletionCmd()
	count := 0
	check := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range shown.FindAllStringSubmatch(string(text), -1) {
			count++
			if wrong := wrongIn(root, match[1]); wrong != "" {
				t.Errorf("%s: kubectl daysix %s: %s", path, match[1], wrong)
			}
		}
		return err
	}
	for _, place := range []string{"../../README.md", "../../docs", "../../charts"} {
		if err := filepath.WalkDir(place, check); err != nil {
			t.Fatal(err)
		}
	}
	if count < 100 {
		t.Errorf("only %d commands were found", count)
	}
	for line, want := range map[string]string{
		"scan -A -o json | jq .": "", "scna -A": "there is no such verb", "scan --al": "there is no flag --al", "VERB --x": "",
	} {
		if got := wrongIn(root, line); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
