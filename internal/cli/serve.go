package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/daysix/daysix/internal/printer/html"
)

// The limits of a server of one page.
const (
	serveReadTimeout = 10 * time.Second
	serveStopTimeout = 3 * time.Second
)

// serve shows a page at a loopback address until the context ends.
func (o *reportOptions) serve(ctx context.Context, page []byte) error {
	handler, err := pageHandler(page)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)))
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: serveReadTimeout, ReadTimeout: serveReadTimeout}
	note(o.ErrOut, "The report is at http://%s/ until Ctrl-C.", listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving the report: %w", err)
	case <-ctx.Done():
	}
	// The context that asked to stop leaves no time for requests under way.
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), serveStopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return fmt.Errorf("stopping the server: %w", errors.Join(err, server.Close()))
	}
	return nil
}

// pageHandler serves one page under /, to whoever asks for this machine by a loopback name: a foreign name that leads here is a
// web site that tries to read the report through the user's browser.
func pageHandler(page []byte) (http.Handler, error) {
	policy, err := html.Policy()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "no-store")
		switch {
		case !isLoopback(r.Host):
			http.Error(w, "only loopback names are served", http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are served", http.StatusMethodNotAllowed)
		case r.URL.Path != "/":
			http.NotFound(w, r)
		default:
			header.Set("Content-Type", "text/html; charset=utf-8")
			header.Set("Content-Length", strconv.Itoa(len(page)))
			// A browser that went away is nobody's loss.
			_, _ = w.Write(page)
		}
	}), nil
}

// isLoopback tells whether the host of a request is this machine by a name that no DNS server decides about.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
