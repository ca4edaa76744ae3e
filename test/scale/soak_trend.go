package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// sample is what the manager has at one moment.
type sample struct {
	At time.Duration `json:"at"`
	// Heap is live: it is taken after a collection. Both are in bytes.
	Heap       float64 `json:"heap"`
	Resident   float64 `json:"resident"`
	Goroutines float64 `json:"goroutines"`
	Files      float64 `json:"files"`
	Series     float64 `json:"series"`
	// Waiting is how many objects wait in the queues.
	Waiting float64 `json:"waiting"`
	// Writes are those of reports since the recorder began.
	Writes int `json:"writes"`
}

// String is the sample for whoever waits.
func (s sample) String() string {
	return fmt.Sprintf("%7s: heap %.1f MiB, resident %.1f MiB, %.0f goroutines, %.0f files, %.0f series, %.0f waiting, %d writes",
		s.At.Round(time.Second), s.Heap/(1<<20), s.Resident/(1<<20), s.Goroutines, s.Files, s.Series, s.Waiting, s.Writes)
}

// sample collects garbage and takes stock.
func (m *manager) sample(ctx context.Context) (sample, error) {
	response, err := get(ctx, "http://"+m.profiles+"/debug/pprof/heap?gc=1")
	if err != nil {
		return sample{}, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if closed := response.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return sample{}, fmt.Errorf("collecting the garbage of the manager: %w", err)
	}
	families, _, series, err := m.scrape(ctx)
	if err != nil {
		return sample{}, err
	}
	return sample{
		Heap: sum(families, "go_memstats_heap_alloc_bytes"), Resident: sum(families, "process_resident_memory_bytes"),
		Goroutines: sum(families, "go_goroutines"), Files: sum(families, "process_open_fds"),
		Series: float64(series), Waiting: sum(families, "workqueue_depth"),
	}, nil
}

// quantity is something that must not grow while as much comes as goes.
type quantity struct {
	what string
	of   func(*sample) float64
	// Growth over the time after the warm-up is borne up to a part of the first value, or up to a number where that is more.
	part, number float64
}

const mebibyte = 1 << 20

// growing are the quantities that a leak would show in. What the collector has not given back to the system yet makes resident
// memory rise and fall by more than the heap.
func growing() []quantity {
	return []quantity{
		{"live heap, MiB", func(s *sample) float64 { return s.Heap / mebibyte }, .05, 2},
		{"resident memory, MiB", func(s *sample) float64 { return s.Resident / mebibyte }, .10, 8},
		{"goroutines", func(s *sample) float64 { return s.Goroutines }, .05, 5},
		{"open files", func(s *sample) float64 { return s.Files }, .05, 2},
		{"series", func(s *sample) float64 { return s.Series }, .02, 10},
		{"objects waiting", func(s *sample) float64 { return s.Waiting }, 0, 20},
	}
}

func (q *quantity) margin() string {
	if q.part == 0 {
		return number(q.number)
	}
	return fmt.Sprintf("%.0f %% or %s", 100*q.part, number(q.number))
}

// trend is the line that fits best through the samples after the warm-up: its ends.
type trend struct {
	of          quantity
	first, last float64
}

func (t *trend) holds() bool { return t.last-t.first <= max(t.of.part*t.first, t.of.number) }

// warm are the samples after the warm-up.
func (s *soaked) warm() []sample {
	var out []sample
	for i := range s.Samples {
		if float64(s.Samples[i].At) >= warmUp*float64(s.Length) {
			out = append(out, s.Samples[i])
		}
	}
	return out
}

func (s *soaked) trends() []trend {
	var out []trend
	for _, q := range growing() {
		t := trend{of: q}
		t.first, t.last = fit(s.warm(), q.of)
		out = append(out, t)
	}
	return out
}

// fit is the line of least squares, by its values at the first and the last sample.
func fit(samples []sample, of func(*sample) float64) (first, last float64) {
	n := float64(len(samples))
	if n == 0 {
		return 0, 0
	}
	var at, value float64
	for i := range samples {
		at += samples[i].At.Seconds() / n
		value += of(&samples[i]) / n
	}
	var both, square float64
	for i := range samples {
		d := samples[i].At.Seconds() - at
		both += d * (of(&samples[i]) - value)
		square += d * d
	}
	slope := 0.0
	if square > 0 {
		slope = both / square
	}
	return value + slope*(samples[0].At.Seconds()-at), value + slope*(samples[len(samples)-1].At.Seconds()-at)
}
