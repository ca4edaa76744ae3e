// Package mirror writes what reports say in the kinds that other tools read. It follows the reports, and is followed by nobody:
// it watches nothing, and what somebody else changes in it stays until the report changes.
package mirror

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/pager"
	"k8s.io/utils/clock"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/policyreport"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// AnnotationDigest holds a hash of what was written, so that a replica that starts knows what stands there by a listing of
	// metadata.
	AnnotationDigest = "daysix.dev/digest"
	// retry is how often it is tried whether the kind is served and may be written.
	retry = time.Minute

	fieldOwner = "daysix"
	pageSize   = 500
)

// Mirror writes reports of others, one for each of ours. The nil Mirror, of the mode that is off, writes nothing.
type Mirror struct {
	format  policyreport.Format
	dynamic dynamic.Interface
	meta    metadata.Interface
	clock   clock.WithTicker
	log     logr.Logger
	ask     Requests

	mu      sync.Mutex
	written map[types.NamespacedName]string // digests; nil while the kind cannot be read
	// refused are those that the API server refused since they were asked for last, as where a quota is used up.
	refused map[snapshot.Key]struct{}
}

// Requests ask for reports to be published: for all of them once they can be mirrored, for one that was refused now and then.
type Requests struct {
	All func()
	One func(snapshot.Key)
}

// New returns a mirror that writes nothing until it runs.
func New(f policyreport.Format, d dynamic.Interface, m metadata.Interface, clk clock.WithTicker, log logr.Logger, ask Requests) *Mirror {
	return &Mirror{format: f, dynamic: d, meta: m, clock: clk, log: log, ask: ask, refused: make(map[snapshot.Key]struct{})}
}

// Start finds out what stands there, and tries again while the kind is not served or may not be read. It runs where the
// replica leads.
func (m *Mirror) Start(ctx context.Context) error {
	ticker := m.clock.NewTicker(retry)
	defer ticker.Stop()
	said := ""
	for {
		if !m.begun() {
			err := m.list(ctx)
			switch {
			case err == nil:
				m.log.Info("Writing policy reports", "resource", m.format.Resource().GroupResource().String())
				said = ""
				m.ask.All()
			case err.Error() != said && ctx.Err() == nil:
				said = err.Error()
				m.log.Error(err, "Policy reports are not written for now", "resource", m.format.Resource().GroupResource().String())
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C():
			m.askAgain()
		}
	}
}

// askAgain asks for what was refused since the last time.
func (m *Mirror) askAgain() {
	m.mu.Lock()
	keys := slices.SortedFunc(maps.Keys(m.refused), snapshot.Key.Compare)
	clear(m.refused)
	m.mu.Unlock()
	for _, key := range keys {
		m.ask.One(key)
	}
}

func (m *Mirror) begun() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.written != nil
}

func (m *Mirror) list(ctx context.Context) error {
	written := make(map[types.NamespacedName]string)
	list := m.meta.Resource(m.format.Resource()).List
	p := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return list(ctx, options)
	})
	p.PageSize = pageSize
	options := metav1.ListOptions{LabelSelector: report.LabelManagedBy + "=" + report.ManagedBy}
	err := p.EachListItem(ctx, options, func(object runtime.Object) error {
		item, err := meta.Accessor(object)
		if err == nil {
			written[types.NamespacedName{Namespace: item.GetNamespace(), Name: item.GetName()}] = item.GetAnnotations()[AnnotationDigest]
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("listing %s: %w", m.format.Resource().GroupResource(), err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.written = written
	return nil
}

// Publish writes what a report says, unless it stands there. The UID is that of the report: its owner. Where the kind is not
// served or may not be written, nothing is: no report of ours waits for those of others.
func (m *Mirror) Publish(ctx context.Context, r *daysixv1alpha1.PodSecurityReport, uid types.UID) error {
	if m == nil || uid == "" || !m.begun() {
		return nil
	}
	object := policyreport.Build(r, uid, m.format)
	encoded, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("encoding a policy report: %w", err)
	}
	sum := sha256.Sum256(encoded)
	digest := hex.EncodeToString(sum[:8])
	name := types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
	if m.get(name) == digest {
		return nil
	}
	object.SetAnnotations(map[string]string{AnnotationDigest: digest})
	_, err = m.dynamic.Resource(m.format.Resource()).Namespace(name.Namespace).Apply(
		ctx, name.Name, object, metav1.ApplyOptions{FieldManager: fieldOwner, Force: true})
	switch {
	case err == nil:
		m.set(name, digest)
		return nil
	case apierrors.IsForbidden(err) && !apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
		m.refuse(report.KeyOf(r), fmt.Errorf("applying policy report %s: %w", name, err))
		return nil
	default:
		return m.failed(fmt.Errorf("applying policy report %s: %w", name, err))
	}
}

// Remove deletes what was written of a report that is gone. The garbage collector does the same, where one runs.
func (m *Mirror) Remove(ctx context.Context, reportName types.NamespacedName) error {
	name := types.NamespacedName{Namespace: reportName.Namespace, Name: policyreport.Name(reportName.Name)}
	if m == nil || m.get(name) == "" {
		return nil
	}
	err := m.dynamic.Resource(m.format.Resource()).Namespace(name.Namespace).Delete(ctx, name.Name, metav1.DeleteOptions{})
	if err == nil || apierrors.IsNotFound(err) {
		m.set(name, "")
		return nil
	}
	return m.failed(fmt.Errorf("deleting policy report %s: %w", name, err))
}

// refuse takes note of a refusal: a missing right, a quota or a webhook. It may concern this one alone, so the others are written
// on. Only the first of several is told of.
func (m *Mirror) refuse(key snapshot.Key, err error) {
	m.mu.Lock()
	first := len(m.refused) == 0
	m.refused[key] = struct{}{}
	m.mu.Unlock()
	if first {
		m.log.Error(err, "A policy report was refused, it is tried again", "workload", key.String(), "every", retry.String())
	}
}

// failed takes a kind that is gone for one that is not there: Start tries again. What may not be deleted is left to the garbage
// collector. Any other error is for the queue.
func (m *Mirror) failed(err error) error {
	switch {
	case apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause), isOfNamespace(err), apierrors.IsForbidden(err):
		return nil
	case !apierrors.IsNotFound(err):
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.written = nil
	m.log.Error(err, "Policy reports are not written for now")
	return nil
}

func isOfNamespace(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || !apierrors.IsNotFound(err) {
		return false
	}
	details := status.Status().Details
	return details != nil && details.Kind == "namespaces"
}

func (m *Mirror) get(name types.NamespacedName) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.written[name]
}

func (m *Mirror) set(name types.NamespacedName, digest string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.written == nil:
	case digest == "":
		delete(m.written, name)
	default:
		m.written[name] = digest
	}
}
