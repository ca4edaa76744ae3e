package netpol

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"
)

func TestPortsAreWrittenInOrder(t *testing.T) {
	tcp := func(first, last int32) Ports { return PortRange(corev1.ProtocolTCP, first, last) }
	udp := func(first, last int32) Ports { return PortRange(corev1.ProtocolUDP, first, last) }
	var many Ports
	for i := range int32(10) {
		many = many.Union(tcp(1000+2*i, 1000+2*i))
	}
	for name, test := range map[string]struct {
		ports Ports
		want  string
	}{
		"nothing":                               {Ports{}, "no port"},
		"everything":                            {AllPorts(), "all ports"},
		"one port":                              {tcp(80, 80), "TCP 80"},
		"a range":                               {tcp(8000, 8999), "TCP 8000-8999"},
		"every port of a protocol":              {udp(1, 65535), "UDP any"},
		"protocols in the order of the API":     {udp(53, 53).Union(tcp(443, 443)).Union(tcp(80, 80)), "TCP 80, 443, UDP 53"},
		"neighbours become a range":             {tcp(80, 81).Union(tcp(82, 90)), "TCP 80-90"},
		"overlapping ranges become one":         {tcp(80, 100).Union(tcp(90, 95)), "TCP 80-100"},
		"what is no port is cut off":            {tcp(-5, 70000), "TCP any"},
		"a range that ends before it begins":    {tcp(90, 80), "no port"},
		"a protocol that policies do not know":  {PortRange("ICMP", 1, 2), "no port"},
		"more than can be shown is counted":     {many, "TCP 1000, 1002, 1004, 1006, 1008, 1010, 1012, 1014, and 2 more"},
		"everything swallows":                   {tcp(80, 80).Union(AllPorts()), "all ports"},
		"in common with everything is the rest": {tcp(80, 80).Intersect(AllPorts()), "TCP 80"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.ports.String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

var somePortSets = rapid.Custom(func(t *rapid.T) Ports {
	if rapid.IntRange(0, 9).Draw(t, "all") == 0 {
		return AllPorts()
	}
	var p Ports
	for range rapid.IntRange(0, 4).Draw(t, "spans") {
		first := rapid.Int32Range(0, 20).Draw(t, "first")
		p = p.Union(PortRange(someProtocols.Draw(t, "protocol"), first, first+rapid.Int32Range(0, 5).Draw(t, "more")))
	}
	return p
})

func TestPortsAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := somePortSets.Draw(t, "a"), somePortSets.Draw(t, "b")
		union, common := a.Union(b), a.Intersect(b)
		for _, protocol := range protocols {
			for port := range int32(30) {
				inA, inB := a.Contains(protocol, port), b.Contains(protocol, port)
				if union.Contains(protocol, port) != (inA || inB) || common.Contains(protocol, port) != (inA && inB) {
					t.Fatalf("%s %d: in %s %v, in %s %v, in their union %s, in common %s", protocol, port, a, inA, b, inB, union, common)
				}
			}
		}
		if !union.Equal(b.Union(a)) || !common.Equal(b.Intersect(a)) || !a.Union(common).Equal(a) || !a.Intersect(union).Equal(a) {
			t.Fatalf("%s and %s", a, b)
		}
		for i, s := range union.spans {
			if i > 0 && union.spans[i-1].protocol == s.protocol && union.spans[i-1].last+1 >= s.first {
				t.Fatalf("%v touch", union.spans)
			}
		}
	})
}
