package dryrun

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// userAgent marks the requests of the mode in the audit log of the cluster.
	userAgent = "daysix-dry-run"
	// timeout of one dry-run. The API server itself gives up after 34 seconds, a webhook after at most 30.
	timeout = 35 * time.Second
)

// Submitter asks the API server about candidates. It is safe for concurrent use.
type Submitter struct {
	client client.Client
	gate   Gate
}

// NewSubmitter returns a submitter with the access of config, which it copies. It asks at most pace.PerSecond requests a
// second, and none at all while the gate is closed.
func NewSubmitter(config *rest.Config, gate Gate, pace Pace) (*Submitter, error) {
	config = rest.CopyConfig(config)
	config.UserAgent = userAgent
	config.QPS, config.Burst = float32(pace.PerSecond), pace.Burst
	config.RateLimiter = nil
	config.Timeout = timeout
	config.WarningHandler, config.WarningHandlerWithContext = nil, warningCollector{}
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("making the client of the dry-run mode: %w", err)
	}
	return &Submitter{client: c, gate: gate}, nil
}

// Submit asks whether the candidate would be admitted. Nothing is stored.
func (s *Submitter) Submit(ctx context.Context, c Candidate) Answer {
	if standing := s.gate.Standing(); standing.State != InForce {
		return cannotTell(GuardNotInForce, text(standing.String(), "", maxMessage))
	}
	ctx, warnings := collectWarnings(ctx)
	pod := c.Pod() // The answer is decoded into it.
	answer := classify(s.client.Create(ctx, pod, client.DryRunAll))
	if answer.Denier.Kind == ValidatingAdmissionPolicy && answer.Denier.Name == GuardName {
		// The guard refuses us, not the pod: it has just been altered.
		answer = cannotTell(GuardNotInForce, answer.Message)
	}
	answer.Message = text(answer.Message, c.pod.GenerateName, maxMessage)
	answer.Warnings = warningsText(warnings.all(), c.pod.GenerateName)
	return answer
}

// warnings are those of one request.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

func (w *warnings) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.texts
}

type warningsKey struct{}

// collectWarnings returns a context whose request leaves its warnings in what is returned.
func collectWarnings(ctx context.Context) (context.Context, *warnings) {
	w := &warnings{}
	return context.WithValue(ctx, warningsKey{}, w), w
}

// warningCollector hands each warning to the request that it came with.
type warningCollector struct{}

// HandleWarningHeaderWithContext implements rest.WarningHandlerWithContext.
func (warningCollector) HandleWarningHeaderWithContext(ctx context.Context, code int, _, warning string) {
	// RFC 9111 leaves 299 for warnings of any kind; the API server sends no other.
	if w, ok := ctx.Value(warningsKey{}).(*warnings); ok && code == 299 {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.texts = append(w.texts, warning)
	}
}
