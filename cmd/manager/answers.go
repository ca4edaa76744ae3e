package main

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
)

// answers knows when the API server answered last. Watches hear nothing for long where nothing happens, and nothing fails where
// nothing is asked: only this tells an API server that is silent from a cluster that is.
type answers struct {
	clock clock.PassiveClock
	last  atomic.Int64 // in Unix milliseconds; 0 until the first
}

// listen takes note of the answers to whoever uses the access from now on.
func (a *answers) listen(config *rest.Config) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &listener{RoundTripper: next, answers: a} })
}

func (a *answers) answered() { a.last.Store(a.clock.Now().UnixMilli()) }

// at is when the API server answered last; the zero time where it has not.
func (a *answers) at() time.Time {
	if last := a.last.Load(); last > 0 {
		return time.UnixMilli(last)
	}
	return time.Time{}
}

type listener struct {
	http.RoundTripper
	answers *answers
}

// RoundTrip implements http.RoundTripper.
func (l *listener) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	l.answers.answered()
	if response.Body != nil {
		response.Body = &body{ReadCloser: response.Body, answers: l.answers}
	}
	return response, nil
}

// WrappedRoundTripper lets client-go reach the transport, to end its connections.
func (l *listener) WrappedRoundTripper() http.RoundTripper { return l.RoundTripper }

// body is that of an answer. That of a watch goes on, with an event or a bookmark each minute.
type body struct {
	io.ReadCloser
	answers *answers
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.answers.answered()
	}
	return n, err
}
