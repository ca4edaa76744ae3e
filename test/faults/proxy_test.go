package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// proxy is a proxy that can be made to misbehave.
type proxy struct{ *toxiproxy.Proxy }

func newProxy(t *testing.T, name, upstream string) *proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &proxy{toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)}
	must(t, p.Start())
	t.Cleanup(p.Stop)
	return p
}

// toxic is a way to misbehave, with its attributes as Toxiproxy names them.
type toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Toxicity   float64        `json:"toxicity"`
	Attributes map[string]any `json:"attributes"`
}

// towards makes a toxic of what goes one way: downstream is what the server answers, upstream what it is asked.
func towards(stream, kind string, attributes map[string]any) toxic {
	return toxic{Name: kind + "-" + stream, Type: kind, Stream: stream, Toxicity: 1, Attributes: attributes}
}

// poison makes the proxy misbehave, on the connections that there are and on new ones, until cured.
func (p *proxy) poison(t *testing.T, toxics ...toxic) {
	t.Helper()
	for i := range toxics {
		encoded, err := json.Marshal(&toxics[i])
		must(t, err)
		_, err = p.Toxics.AddToxicJson(bytes.NewReader(encoded))
		must(t, err)
	}
}

// cure makes the proxy behave again. Connections that it has cut stay so.
func (p *proxy) cure(ctx context.Context) { p.Toxics.ResetToxics(ctx) }

// cut ends every connection, and refuses new ones until mended.
func (p *proxy) cut() { p.Stop() }

func (p *proxy) mend(t *testing.T) {
	t.Helper()
	must(t, p.Start())
}
