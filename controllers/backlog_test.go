package controllers_test

import (
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"

	"github.com/daysix/daysix/controllers"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestFirstPass(t *testing.T) {
	one := controllers.Request{Workload: snapshot.Key{Kind: "Pod", Namespace: "n", Name: "one"}}
	two := controllers.Request{Workload: snapshot.Key{Kind: "Pod", Namespace: "n", Name: "two"}}
	tests := []struct {
		name string
		act  func(*controllers.Backlog)
		want bool
	}{
		{"It is not complete before it begins", func(*controllers.Backlog) {}, false},
		{"It is complete at once where nothing waits", func(b *controllers.Backlog) { b.BeginFirstPass() }, true},
		{"It is not complete while a request has not been assessed", func(b *controllers.Backlog) {
			b.Add(one, two)
			b.BeginFirstPass()
			b.Assessed(one)
		}, false},
		{"It is complete once every request has been assessed, published or not", func(b *controllers.Backlog) {
			b.Add(one, two)
			b.BeginFirstPass()
			b.Assessed(one)
			b.Assessed(two)
		}, true},
		{"What comes later is not part of it", func(b *controllers.Backlog) {
			b.Add(one)
			b.BeginFirstPass()
			b.Add(two)
			b.Assessed(one)
		}, true},
		{"A request that is assessed before it begins and done afterwards does not hold it up", func(b *controllers.Backlog) {
			b.Add(one)
			b.Assessed(one)
			b.BeginFirstPass()
			b.Done(one)
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := controllers.NewBacklog(clocktesting.NewFakePassiveClock(time.Unix(0, 0)))
			test.act(b)
			if got := b.FirstPassDone(); got != test.want {
				t.Errorf("FirstPassDone() = %t, want %t", got, test.want)
			}
		})
	}
}
