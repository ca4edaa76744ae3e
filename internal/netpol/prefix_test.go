package netpol

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	networkingv1 "k8s.io/api/networking/v1"
	"pgregory.net/rapid"
)

func TestCIDRsAreReadAsTheAPIServerDoes(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/8", "10.1.2.3/8": "10.0.0.0/8", "010.000.000.001/32": "10.0.0.1/32",
		"2001:db8::1/64": "2001:db8::/64", "::/0": "::/0", "::ffff:10.1.2.3/104": "10.0.0.0/8", "::ffff:10.1.2.3/90": "::ffc0:0:0/90",
		"": "", "10.0.0.0": "", "10.0.0.0/33": "", "10.0.0/8": "", "fe80::1%eth0/64": "", "10.0.0.0/-1": "", "a/b": "",
	} {
		got, err := parsePrefix(text)
		if want == "" {
			if err == nil || err.Error() != `"`+text+`" is not a CIDR` {
				t.Errorf("%q: got %s, %v", text, got, err)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q: got %s, %v; want %s", text, got, err, want)
		}
	}
}

// FuzzParsePrefix compares with the package of the standard library on every text that it reads; it is stricter than the
// API server about leading zeros.
func FuzzParsePrefix(f *testing.F) {
	for _, seed := range []string{"10.0.0.0/8", "::ffff:10.0.0.0/104", "::/0", "2001:db8::/33", "010.1.1.1/12", "0.0.0.0/0", "x"} {
		f.Add(seed, []byte{10, 1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, text string, raw []byte) {
		prefix, err := parsePrefix(text)
		_, network, strict := net.ParseCIDR(text)
		if err != nil {
			if strict == nil {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		if prefix != prefix.Masked() || !prefix.IsValid() {
			t.Fatalf("%q: got %s", text, prefix)
		}
		again, err := parsePrefix(prefix.String())
		if err != nil || again != prefix {
			t.Fatalf("%q: %s reads as %s, %v", text, prefix, again, err)
		}
		address, ok := netip.AddrFromSlice(raw)
		if strict == nil && ok && network.Contains(raw) != prefix.Contains(address.Unmap()) {
			t.Fatalf("%q holds %s: %v", text, address, network.Contains(raw))
		}
	})
}

// someSmall are prefixes within 10.0.0.0/27, where every address can be tried.
var someSmall = rapid.Custom(func(t *rapid.T) netip.Prefix {
	last := rapid.Uint8Range(0, 31).Draw(t, "address")
	bits := rapid.IntRange(27, 32).Draw(t, "bits")
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, last}), bits).Masked()
})

func TestBlocksHoldWhatTheirAddressesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := block{cidr: someSmall.Draw(t, "cidr"), except: rapid.SliceOfN(someSmall, 0, 4).Draw(t, "except")}
		ranges := rapid.SliceOfN(someSmall, 0, 4).Draw(t, "ranges")
		meets, leaves := false, false
		for last := range byte(32) {
			address := netip.AddrFrom4([4]byte{10, 0, 0, last})
			in := b.cidr.Contains(address)
			for _, e := range b.except {
				in = in && !e.Contains(address)
			}
			if b.contains(address) != in {
				t.Fatalf("%s holds %s: %v", b.String(), address, !in)
			}
			ranged := false
			for _, r := range ranges {
				ranged = ranged || r.Contains(address)
			}
			meets, leaves = meets || in && ranged, leaves || in && !ranged
		}
		if b.meets(ranges) != meets || b.leaves(ranges) != leaves {
			t.Fatalf("%s and %v: meets %v, leaves %v", b.String(), ranges, b.meets(ranges), b.leaves(ranges))
		}
	})
}

func TestCompactPrefixesHoldTheSameAddresses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(someSmall, 0, 8).Draw(t, "prefixes")
		least := compact(all)
		holds := func(prefixes []netip.Prefix, address netip.Addr) (times int) {
			for _, p := range prefixes {
				if p.Contains(address) {
					times++
				}
			}
			return times
		}
		for last := range byte(32) {
			address := netip.AddrFrom4([4]byte{10, 0, 0, last})
			if got, want := holds(least, address), min(holds(all, address), 1); got != want {
				t.Fatalf("%v holds %s %d times, want %d: %v", least, address, got, want, all)
			}
		}
		if !slices.IsSortedFunc(least, netip.Prefix.Compare) {
			t.Fatalf("%v is in no order", least)
		}
	})
	got := compact(prefixes("10.244.1.0/24", "fd00::2/128", "10.244.0.0/24", "10.244.1.7/32", "fd00::3/128", "10.244.2.0/24"))
	if diff := cmp.Diff("[10.244.0.0/23 10.244.2.0/24 fd00::2/127]", fmt.Sprint(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestABlockIsWrittenWithItsExceptions(t *testing.T) {
	b, err := compileBlock(&networkingv1.IPBlock{CIDR: "10.1.2.3/8", Except: []string{"10.1.0.0/16", "10.2.0.0/16"}})
	if want := "10.0.0.0/8 except 10.1.0.0/16, 10.2.0.0/16"; err != nil || b.String() != want {
		t.Errorf("got %s, %v; want %s", b.String(), err, want)
	}
}
