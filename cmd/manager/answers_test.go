package main

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	clocktesting "k8s.io/utils/clock/testing"
)

// server answers each request by what it is given.
type server struct {
	body io.ReadCloser
	err  error
}

func (s *server) RoundTrip(*http.Request) (*http.Response, error) {
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: http.StatusForbidden, Body: s.body}, nil
}

func TestTheLastAnswerIsThatOfARequestOrAPartOfAWatch(t *testing.T) {
	clk := clocktesting.NewFakePassiveClock(time.Unix(1_000, 0))
	a := &answers{clock: clk}
	config := &rest.Config{}
	a.listen(config)
	reader, writer := io.Pipe()
	s := &server{err: errors.New("connection refused"), body: reader}
	transport := config.WrapTransport(s)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/api/v1/pods?watch=true", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	is := func(what string, want time.Time) {
		t.Helper()
		if got := a.at(); !got.Equal(want) {
			t.Errorf("%s: the last answer is of %v, want %v", what, got, want)
		}
		clk.SetTime(clk.Now().Add(time.Second))
	}
	is("before the first request", time.Time{})
	if response, err := transport.RoundTrip(request); !errors.Is(err, s.err) || response != nil {
		t.Fatalf("answered by %v, %v", response, err)
	}
	is("where nobody answers", time.Time{})
	s.err = nil
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	is("a refusal is an answer", time.Unix(1_002, 0))
	go func() { _, _ = writer.Write([]byte("bookmark")) }()
	if _, err := response.Body.Read(make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	is("an event", time.Unix(1_003, 0))
	go func() { _ = writer.CloseWithError(io.ErrUnexpectedEOF) }()
	if _, err := response.Body.Read(make([]byte, 20)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	is("the end of a connection is no answer", time.Unix(1_003, 0))
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
}
