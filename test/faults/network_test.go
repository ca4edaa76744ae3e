package faults

import (
	"time"
)

// network are faults of the ways between the manager, the API server and etcd. What is not said otherwise is between the manager
// and the API server.
func network() []fault {
	return []fault{
		{
			name: "the network is slow",
			how:  "500 ms of latency each way (Toxiproxy `latency`)",
			run: func(e *episode) {
				e.toServer.poison(e.T,
					towards("downstream", "latency", map[string]any{"latency": 500, "jitter": 200}),
					towards("upstream", "latency", map[string]any{"latency": 500, "jitter": 200}))
				e.slowed(500 * time.Millisecond)
			},
		},
		{
			name: "the network is narrow",
			how:  "10 KB/s each way, in pieces of 500 bytes (`bandwidth`, `slicer`)",
			run: func(e *episode) {
				for _, stream := range []string{"downstream", "upstream"} {
					e.toServer.poison(e.T,
						towards(stream, "bandwidth", map[string]any{"rate": 10}),
						towards(stream, "slicer", map[string]any{"average_size": 500, "size_variation": 100, "delay": 10}))
				}
				e.slowed(300 * time.Millisecond)
			},
		},
		{
			name: "answers are truncated",
			how:  "connections end after 20 KB, in the middle of an answer (`limit_data`)",
			run: func(e *episode) {
				e.toServer.poison(e.T, towards("downstream", "limit_data", map[string]any{"bytes": 20_000}))
				e.interrupted()
			},
		},
		{
			name: "connections are reset",
			how:  "every connection is reset after 100 ms (`reset_peer`)",
			run: func(e *episode) {
				e.toServer.poison(e.T, towards("downstream", "reset_peer", map[string]any{"timeout": 100}))
				e.interrupted()
			},
		},
		{
			name: "the network is cut",
			how:  "every connection ends, new ones are refused",
			run: func(e *episode) {
				e.toServer.cut()
				e.changes()
				e.again = inFlight
				e.seesErrors()
				e.toServer.mend(e.T)
				e.ends()
			},
		},
		{
			name: "the network swallows everything",
			how:  "connections stay open, and nothing comes through (`timeout`)",
			run: func(e *episode) {
				e.toServer.poison(e.T,
					towards("downstream", "timeout", map[string]any{"timeout": 0}),
					towards("upstream", "timeout", map[string]any{"timeout": 0}))
				e.changes()
				e.again = inFlight
				e.sees("`daysix_apiserver_last_response_timestamp_seconds`", func() bool { return e.unanswered() > 10*time.Second })
				e.seesErrors()
				e.cured()
				eventually(e.T, "the API server is heard again", func() bool { return e.unanswered() < 5*time.Second })
			},
		},
		{
			name: "etcd is slow",
			how:  "1 s of latency between the API server and etcd (`latency`)",
			run: func(e *episode) {
				e.toEtcd.poison(e.T, towards("downstream", "latency", map[string]any{"latency": 1000}))
				e.slowed(500 * time.Millisecond)
			},
		},
	}
}

// slowed has something change while all is slow, and waits until a write has taken long.
func (e *episode) slowed(long time.Duration) {
	e.Helper()
	e.again = inFlight
	e.changes()
	e.sees("`daysix_publish_duration_seconds`", func() bool {
		return e.manager.metric("daysix_publish_duration_seconds", nil) > e.published+long.Seconds()
	})
	e.cured()
}

// interrupted has something change while nothing gets through.
func (e *episode) interrupted() {
	e.Helper()
	e.again = inFlight
	e.changes()
	e.seesErrors()
	e.cured()
}

func (e *episode) cured() {
	e.toServer.cure(e.Context())
	e.toEtcd.cure(e.Context())
	e.ends()
}

// unanswered is how long the manager has not been answered.
func (e *episode) unanswered() time.Duration {
	last := e.manager.metric("daysix_apiserver_last_response_timestamp_seconds", nil)
	if last == 0 {
		e.Fatal("the manager does not tell when it was answered last")
	}
	return time.Since(time.UnixMilli(int64(last * 1000)))
}
