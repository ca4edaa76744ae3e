package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func measured() *figures {
	f := &figures{values: map[id]float64{}}
	for _, d := range descriptions() {
		f.values[d.id] = 2
	}
	return f
}

func allowing(most float64) ranges {
	r := ranges{}
	for _, d := range descriptions() {
		r[d.id] = between{Mean: most, Margin: 0}
	}
	return r
}

func TestCheckNamesWhatIsOutOfItsRange(t *testing.T) {
	tests := map[string]struct {
		change func(*figures, ranges)
		want   string
	}{
		"all figures are as before":         {func(*figures, ranges) {}, ""},
		"a figure is above its range":       {func(_ *figures, r ranges) { r[idleWrites] = between{} }, "idleWrites is 2, must be at most 0"},
		"the margin is let pass":            {func(_ *figures, r ranges) { r[idleWrites] = between{Mean: 1, Margin: 1} }, ""},
		"a figure was not measured":         {func(f *figures, _ ranges) { delete(f.values, failOver) }, "failOverSeconds was not measured"},
		"a figure has no range to be held":  {func(_ *figures, r ranges) { delete(r, failOver) }, "failOverSeconds has no range"},
		"two figures that are out are both": {func(_ *figures, r ranges) { r[idleCPU], r[heapPerPod] = between{}, between{} }, "idleCPUPercent is 2, must be at most 0\nheapPerPodKiB is 2, must be at most 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, r := measured(), allowing(2)
			test.change(f, r)
			got := ""
			if err := r.check(f); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRangesHoldEveryFigure(t *testing.T) {
	all, err := loadRanges("ranges.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if all["s"] == nil {
		t.Error("the size that is measured most has no ranges")
	}
	for size := range all {
		var lacking []string
		for _, d := range descriptions() {
			if _, ok := all[size][d.id]; !ok {
				lacking = append(lacking, string(d.id))
			}
		}
		if len(lacking) > 0 || len(all[size]) != len(descriptions()) {
			t.Errorf("size %s: %d ranges, %d figures; lacking: %s", size, len(all[size]), len(descriptions()), strings.Join(lacking, ", "))
		}
	}
}
