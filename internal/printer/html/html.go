package html

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

//go:embed assets
var assets embed.FS

// styles and modules in the order in which they are joined: a module stands below those that it imports.
var (
	styles  = [...]string{"palette.css", "layout.css", "parts.css", "print.css"}
	modules = [...]string{
		"dom.js", "data.js", "parts.js", "picture.js", "list.js", "overview.js", "workload.js", "day6.js", "accepted.js", "main.js",
	}
)

// Write writes the reports as one page, the worst first. The same reports and source give the same bytes.
func Write(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport, source *Source) error {
	style, err := joined(styles[:])
	if err != nil {
		return err
	}
	script, err := joined(modules[:])
	if err != nil {
		return err
	}
	shell, err := assets.ReadFile("assets/page.html")
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	// The encoder writes <, > and & as escapes: nothing in a text ends the block.
	data, err := json.Marshal(documentOf(reports, source))
	if err != nil {
		return fmt.Errorf("encoding the reports: %w", err)
	}
	page := strings.NewReplacer("{policy}", policy(style, script), "{style}", style, "{script}", script, "{data}", string(data))
	if _, err := page.WriteString(w, string(shell)); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// Policy is the content security policy of the page, for a server that sends it.
func Policy() (string, error) {
	style, err := joined(styles[:])
	if err != nil {
		return "", err
	}
	script, err := joined(modules[:])
	if err != nil {
		return "", err
	}
	return policy(style, script) + "; frame-ancestors 'none'", nil
}

func policy(style, script string) string {
	return strings.Join([]string{
		"default-src 'none'", "style-src " + hashOf(style), "script-src " + hashOf(script), "base-uri 'none'", "form-action 'none'",
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	}, "; ")
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// joined is the text of several files. Of modules the imports are left out, for all share one scope, and the word export.
func joined(names []string) (string, error) {
	var b strings.Builder
	b.WriteString("\n")
	for _, name := range names {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return "", fmt.Errorf("reading a part of the page: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "import ") {
				b.WriteString(strings.TrimPrefix(line, "export "))
			}
		}
	}
	return b.String(), nil
}
