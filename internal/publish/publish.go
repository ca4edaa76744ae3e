package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	applyv1alpha1 "github.com/daysix/daysix/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/daysix/daysix/internal/report"
)

// FieldOwner is the one field owner of every report.
const FieldOwner = "daysix"

// CountsInterval is how often a change in pod counts alone is written.
const CountsInterval = 10 * time.Second

// maxLives is how often a report is written that is on its way out each time.
const maxLives = 3

// Outcome says what publishing did. The values are those of a metric's label.
type Outcome string

// The outcomes.
const (
	Unchanged Outcome = "unchanged"
	Deferred  Outcome = "deferred"
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Restored  Outcome = "restored"  // somebody else had changed or deleted it
	Recreated Outcome = "recreated" // the workload was created again under its name
	Deleted   Outcome = "deleted"
	Skipped   Outcome = "skipped" // the namespace is on its way out
	Failed    Outcome = "failed"
)

// Writes lists the outcomes that a metric counts: writes that happened, and those that failed.
func Writes() []string {
	return []string{
		string(Created), string(Deleted), string(Failed), string(Recreated), string(Restored), string(Skipped), string(Updated),
	}
}

// Wrote tells whether the outcome is one of those.
func (o Outcome) Wrote() bool { return slices.Contains(Writes(), string(o)) }

// Publisher writes reports.
type Publisher struct {
	client client.Client
	ledger *Ledger
	events *Events
	clock  clock.PassiveClock
}

// New returns a publisher that writes through the client what the ledger does not already know the server to hold.
func New(c client.Client, ledger *Ledger, events *Events, clk clock.PassiveClock) *Publisher {
	return &Publisher{client: c, ledger: ledger, events: events, clock: clk}
}

// Publish makes the API server say what the report says. Where the outcome is Deferred it wants to be called again after
// the duration that it returns.
func (p *Publisher) Publish(ctx context.Context, desired *daysixv1alpha1.PodSecurityReport) (Outcome, time.Duration, error) {
	name := client.ObjectKeyFromObject(desired)
	live, last := p.ledger.get(name)
	outcome := Created
	if live != nil && live.Ref != desired.Spec.WorkloadRef {
		// The reference never changes within one report: this one belongs to an earlier workload, or is forged.
		if err := p.delete(ctx, name, live.UID); err != nil {
			return Failed, 0, err
		}
		live, outcome = nil, Recreated
	}
	if live != nil {
		outcome = Updated
	}
	said := before(desired, live, last)
	says := report.Carry(desired, said, p.clock.Now())
	digest := report.DigestOf(desired)
	ours := write{digest: digest, ref: desired.Spec.WorkloadRef, published: says, at: last.at}
	if idle, wait := p.idle(live, digest, last); idle != "" {
		if idle == Unchanged {
			p.ledger.wrote(name, ours)
		}
		return idle, wait, nil
	}
	if last.digest == digest {
		outcome = Restored
	}
	if err := p.write(ctx, desired, digest); err != nil {
		if apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
			return Skipped, 0, nil
		}
		return Failed, 0, classify(fmt.Errorf("applying report %s: %w", name, err))
	}
	ours.at = p.clock.Now()
	p.ledger.wrote(name, ours)
	if !said.None() {
		p.events.severityRaised(desired, said.Severity)
		p.events.restartDenied(desired, said.Restart)
	}
	return outcome, 0, nil
}

// before is what was last published about the workload, by our own hand where that is known: what somebody else wrote over
// it must neither be held nor pass for the verdict that the severity rose from, and a report that somebody deleted was still
// published. The zero value where there was none.
func before(desired *daysixv1alpha1.PodSecurityReport, live *Live, last write) report.Published {
	switch {
	case last.ref == desired.Spec.WorkloadRef:
		return last.published
	case live != nil:
		return live.Published
	default:
		return report.Published{}
	}
}

// idle tells whether there is nothing to write, or nothing to write yet; empty where there is.
func (p *Publisher) idle(live *Live, digest report.Digest, last write) (Outcome, time.Duration) {
	if live == nil {
		return "", 0
	}
	if live.Digest.Whole == digest.Whole {
		return Unchanged, 0
	}
	wait := CountsInterval - p.clock.Since(last.at)
	if live.Digest.Lasting == digest.Lasting && wait > 0 && wait <= CountsInterval { // More where the clock was set back.
		return Deferred, wait
	}
	return "", 0
}

// write makes the API server hold the report, and records what it holds. A report that was on its way out, and was held back
// by a finalizer alone, is gone once that is taken off: it is written again, as a new one.
func (p *Publisher) write(ctx context.Context, desired *daysixv1alpha1.PodSecurityReport, digest report.Digest) error {
	for range maxLives {
		observed, err := p.apply(ctx, desired, digest)
		if err != nil {
			return err
		}
		if observed.DeletionTimestamp == nil {
			p.ledger.Seen(Observe(observed))
			return nil
		}
		p.ledger.Gone(Observe(observed))
	}
	return errors.New("somebody deletes it again and again, and holds it back by finalizers")
}

// apply applies the report and returns it as it is then. Fields that somebody else added are not ours to remove by an apply;
// where the server's answer shows some, the whole of what Daysix says is replaced.
func (p *Publisher) apply(
	ctx context.Context, desired *daysixv1alpha1.PodSecurityReport, digest report.Digest,
) (*daysixv1alpha1.PodSecurityReport, error) {
	var apply applyv1alpha1.PodSecurityReportApplyConfiguration
	if err := convert(desired, &apply); err != nil {
		return nil, err
	}
	if err := p.client.Apply(ctx, &apply, client.FieldOwner(FieldOwner), client.ForceOwnership); err != nil {
		return nil, err
	}
	var observed daysixv1alpha1.PodSecurityReport
	if err := convert(&apply, &observed); err != nil {
		return nil, err
	}
	if report.DigestOf(&observed).Whole != digest.Whole {
		observed.OwnerReferences, observed.Spec, observed.Status = desired.OwnerReferences, desired.Spec, desired.Status
		observed.Finalizers, observed.ManagedFields = nil, nil
		if err := p.client.Update(ctx, &observed, client.FieldOwner(FieldOwner)); err != nil {
			return nil, err
		}
	}
	return &observed, nil
}

// UID is that of the report of that name; empty where the API server holds none.
func (p *Publisher) UID(name types.NamespacedName) types.UID {
	if live, _ := p.ledger.get(name); live != nil {
		return live.UID
	}
	return ""
}

// Remove deletes the report of that name, if there is one.
func (p *Publisher) Remove(ctx context.Context, name types.NamespacedName) (Outcome, error) {
	live, _ := p.ledger.get(name)
	if live == nil {
		p.ledger.forget(name)
		return Unchanged, nil
	}
	if err := p.delete(ctx, name, live.UID); err != nil {
		return Failed, err
	}
	return Deleted, nil
}

func (p *Publisher) delete(ctx context.Context, name types.NamespacedName, uid types.UID) error {
	target := &daysixv1alpha1.PodSecurityReport{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}}
	err := p.client.Delete(ctx, target, client.Preconditions{UID: ptr.To(uid)})
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("deleting report %s: %w", name, err)
	}
	p.ledger.forget(name)
	return nil
}

// classify marks as terminal what no retry can mend: a report that the API server finds invalid stays so until the
// assessment changes.
func classify(err error) error {
	if apierrors.IsInvalid(err) || apierrors.IsRequestEntityTooLargeError(err) {
		return reconcile.TerminalError(err)
	}
	return err
}

// convert goes from a type to its apply configuration or back: they share one JSON form.
func convert(from, to any) error {
	encoded, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("encoding %T: %w", from, err)
	}
	if err := json.Unmarshal(encoded, to); err != nil {
		return fmt.Errorf("decoding into %T: %w", to, err)
	}
	return nil
}
