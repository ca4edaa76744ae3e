package browser

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var (
	shots  = flag.String("shots", "", "directory to put screenshots of every page into")
	update = flag.Bool("update", false, "write the pictures of the documentation anew")
)

// images is where the documentation has its pictures.
const images = "../../docs/images"

// mostPicture is how large a picture of the documentation may be, in bytes.
const mostPicture = 150 << 10

func (p *tab) shoot(path string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, picture, 0o644)
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

// Fonts differ from machine to machine, so a picture is not compared: it is renewed by -update and looked at.
func TestThePicturesOfTheDocumentationAreSmall(t *testing.T) {
	if *update {
		t.Chdir("../../internal/cli/testdata") // The page names the files as they are given.
		page := "file://" + report(t, "", "-f", "attack")
		t.Chdir("../../../test/browser")
		for name, route := range map[string]string{"report-overview": "#/", "report-workload": "#/workload/shop/ReplicaSet/cart"} {
			open(t, page+route, screen{1200, 800, "light"}).shoot(filepath.Join(images, name+".png"))
		}
	}
	entries, err := os.ReadDir(images)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d pictures: %v", len(entries), err)
	}
	for _, entry := range entries {
		if size := sizeOf(t, filepath.Join(images, entry.Name())); size > mostPicture {
			t.Errorf("%s has %d bytes, want at most %d", entry.Name(), size, mostPicture)
		}
	}
}
