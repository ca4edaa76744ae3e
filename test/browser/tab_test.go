package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for a browser on a busy machine.
const patience = 60 * time.Second

// chromium is the one browser of all tests; each opens tabs of its own.
var chromium context.Context

func TestMain(m *testing.M) {
	os.Exit(withChromium(m))
}

func withChromium(m *testing.M) int {
	path := os.Getenv("CHROME")
	if path == "" {
		fmt.Fprintln(os.Stderr, "CHROME does not name a Chromium: run make test-browser")
		return 1
	}
	// Its own sandbox needs rights that root in a container does not have.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	defer stopAllocator()
	ctx, stop := chromedp.NewContext(allocator)
	defer stop()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "starting Chromium:", err)
		return 1
	}
	chromium = ctx
	return m.Run()
}

// tab is a tab of the browser, with what the page complained about and asked for.
type tab struct {
	t   *testing.T
	ctx context.Context

	mutex      sync.Mutex
	complaints []string
	requests   []string
}

// screen is how large a tab is, and what its user prefers.
type screen struct {
	width, height int64
	scheme        string
}

var desktop = screen{1280, 900, "light"}

// open opens a page in a tab of its own. By the end of the test the page must have complained about nothing and asked for nothing
// but itself.
func open(t *testing.T, address string, s screen) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(chromium)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	var stopWaiting context.CancelFunc
	p.ctx, stopWaiting = context.WithTimeout(ctx, patience)
	t.Cleanup(stopWaiting)
	_, errNetwork := chromedp.Call(p.ctx, network.Enable, network.EnableParams{})
	_, errMedia := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
	})
	if err := errors.Join(errNetwork, errMedia); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(s.width, s.height), chromedp.Navigate(address))
	page, _, _ := strings.Cut(address, "#")
	t.Cleanup(func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if len(p.complaints) > 0 {
			t.Errorf("the console says %q", p.complaints)
		}
		if len(p.requests) != 1 || p.requests[0] != page {
			t.Errorf("it asks for %q, want %s alone", p.requests, page)
		}
	})
	return p
}

func (p *tab) listen(event any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		p.complaints = append(p.complaints, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		p.complaints = append(p.complaints, string(e.Type))
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// js is the value of an expression.
func js[T any](p *tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for a condition, frame by frame.
func (p *tab) until(condition string) {
	p.t.Helper()
	js[bool](p, "new Promise((done) => { const look = () => (("+condition+") ? done(true) : requestAnimationFrame(look)); look(); })")
}

// keys presses keys, one after the other.
func (p *tab) keys(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.do(chromedp.KeyEvent(key))
	}
}

// shows fails unless the expression has the value.
func shows[T comparable](p *tab, expression string, want T) {
	p.t.Helper()
	if got := js[T](p, expression); got != want {
		p.t.Errorf("%s is %v, want %v", expression, got, want)
	}
}
