package main

import (
	"math"
	"testing"
	"time"
)

// soakOf is a soak with a sample a minute, the heap of which is given in MiB.
func soakOf(heap ...float64) *soaked {
	s := &soaked{Size: "s", Length: time.Duration(len(heap)) * time.Minute, Reports: 7}
	for i, mebibytes := range heap {
		s.Samples = append(s.Samples, sample{At: time.Duration(i) * time.Minute, Heap: mebibytes * mebibyte})
	}
	return s
}

// minutes are the values of a function at each of a hundred minutes.
func minutes(of func(i int) float64) []float64 {
	values := make([]float64, 100)
	for i := range values {
		values[i] = of(i)
	}
	return values
}

func TestTheLineIsThatOfLeastSquares(t *testing.T) {
	tests := map[string]struct {
		heap        []float64
		first, last float64
	}{
		"no sample":                          {nil, 0, 0},
		"one sample":                         {[]float64{3}, 3, 3},
		"samples on a line":                  {[]float64{1, 2, 3, 4}, 1, 4},
		"a peak in the middle tilts nothing": {[]float64{2, 2, 8, 2, 2}, 3.2, 3.2},
		"residues 1, -2, 1 about a line":     {[]float64{1, 0, 5}, 0, 4},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			first, last := fit(soakOf(test.heap...).Samples, func(s *sample) float64 { return s.Heap / mebibyte })
			if math.Abs(first-test.first) > 1e-9 || math.Abs(last-test.last) > 1e-9 {
				t.Errorf("from %g to %g, want from %g to %g", first, last, test.first, test.last)
			}
		})
	}
}

func TestVerdictNamesWhatGrows(t *testing.T) {
	tests := map[string]struct {
		soak *soaked
		want string
	}{
		"the heap stays": {soakOf(minutes(func(int) float64 { return 20 })...), ""},
		"the heap grows during the warm-up alone": {soakOf(minutes(func(i int) float64 { return 20 + float64(min(i, 19)) })...), ""},
		"the heap rises and falls":                {soakOf(minutes(func(i int) float64 { return 20 + 10*float64(i%2) })...), ""},
		"the heap grows within the margin":        {soakOf(minutes(func(i int) float64 { return 20 + float64(i)/50 })...), ""},
		"the heap grows slowly and for ever": {
			soakOf(minutes(func(i int) float64 { return 20 + float64(i)/10 })...),
			"live heap, MiB grew from 22 to 29.9 over the time after the warm-up, more than 5 % or 2",
		},
		"too few samples": {soakOf(20, 20, 20, 20, 20), "there are 4 samples after the warm-up, too few to judge by"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := test.soak.verdict(7); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestVerdictNamesReportsThatAreNotCurrent(t *testing.T) {
	s := soakOf(minutes(func(int) float64 { return 20 })...)
	s.Differ = 2
	const want = "a manager that started anew wrote 2 reports otherwise\nthere are 7 reports for 8 workloads"
	if err := s.verdict(8); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestALengthIsWrittenWithoutWhatIsZero(t *testing.T) {
	for length, want := range map[time.Duration]string{
		30 * time.Second: "30s", 10 * time.Minute: "10m", 90 * time.Minute: "1h30m", 10 * time.Hour: "10h", 90 * time.Second: "1m30s",
	} {
		if got := short(length); got != want {
			t.Errorf("%d seconds are written %s, want %s", int(length.Seconds()), got, want)
		}
	}
}
