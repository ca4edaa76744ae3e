package main

import (
	"errors"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

// between is the range of a figure: the mean of the runs that it was made from, and how much more is let pass.
type between struct {
	Mean float64 `json:"mean"`
	// Margin is what a figure may exceed the mean by, as a factor of it: 0.5 is half as much again.
	Margin float64 `json:"margin"`
}

func (b between) String() string { return "≤ " + number(b.most()) }

func (b between) most() float64 { return b.Mean * (1 + b.Margin) }

// ranges are those of one size. Less is always better.
type ranges map[id]between

// loadRanges reads the ranges of every size.
func loadRanges(path string) (map[string]ranges, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the ranges: %w", err)
	}
	var all map[string]ranges
	if err := yaml.UnmarshalStrict(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// check names every figure that is out of its range, and every one that has none.
func (r ranges) check(f *figures) error {
	var wrong []error
	for _, d := range descriptions() {
		value, measured := f.values[d.id]
		allowed, known := r[d.id]
		switch {
		case !measured:
			wrong = append(wrong, fmt.Errorf("%s was not measured", d.id))
		case !known:
			wrong = append(wrong, fmt.Errorf("%s has no range", d.id))
		case value > allowed.most():
			wrong = append(wrong, fmt.Errorf("%s is %s, must be at most %s", d.id, number(value), number(allowed.most())))
		}
	}
	return errors.Join(wrong...)
}
