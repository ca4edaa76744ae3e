package browser

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "directory to put screenshots of every page into")

func (p *tab) shoot(path string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, picture, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("asked for by -shots only")
	}
	page := "file://" + report(t, "", "-f", clusterOf(t, 400))
	worst := js[string](open(t, page+"#/workloads", desktop), `document.querySelector("tbody tr:nth-child(9) a").getAttribute("href")`)
	for name, route := range map[string]string{"overview": "#/", "list": "#/workloads", "workload": worst, "day6": "#/day-6"} {
		for _, s := range []screen{{1280, 1100, "light"}, {1280, 1100, "dark"}, {390, 1100, "light"}, {390, 1100, "dark"}} {
			open(t, page+route, s).shoot(filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", name, s.width, s.scheme)))
		}
	}
}
