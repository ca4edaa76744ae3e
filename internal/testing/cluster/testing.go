package cluster

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
)

// StartFor is Start for a test: the control plane ends with it.
func StartFor(tb testing.TB, opts Options) *Cluster {
	tb.Helper()
	c, err := Start(tb.Context(), opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// FreeAddress is a port on loopback that nobody listens on, for now.
func FreeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	if err := listener.Close(); err != nil {
		return "", fmt.Errorf("freeing a port: %w", err)
	}
	return listener.Addr().String(), nil
}

// Ready tells whether the manager whose probes are served on an address says that it is ready.
func Ready(ctx context.Context, address string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}
