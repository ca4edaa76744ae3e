package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/fleet"
)

// countingLimiter counts what it let through.
type countingLimiter struct {
	*rate.Limiter

	made atomic.Int64
}

// Wait waits until the next change may be made.
func (l *countingLimiter) Wait(ctx context.Context) error {
	if err := l.Limiter.Wait(ctx); err != nil {
		return err
	}
	l.made.Add(1)
	return nil
}

// disturbOthers makes and takes back other changes than those of pods, one after the other, until the time is over. It leaves
// the cluster as it was.
func (l *lab) disturbOthers(ctx, until context.Context, limit *countingLimiter) error {
	levels := l.fleet.Policies()
	level := levels[len(levels)-1]
	objects := passing(fleet.Probe("").Namespace)
	steps := make([]func(there bool) error, 0, len(objects)+1)
	for _, object := range objects {
		steps = append(steps, func(there bool) error {
			if there {
				return l.admin.Delete(ctx, object)
			}
			object.SetResourceVersion("")
			return l.admin.Create(ctx, object)
		})
	}
	steps = append(steps, func(there bool) error {
		enforced := "privileged"
		if there {
			enforced = level.Labels[enforceLabel]
		}
		return l.enforce(ctx, level.Name, enforced)
	})
	there := make([]bool, len(steps))
	take := func(i int) error {
		if err := steps[i](there[i]); err != nil {
			return fmt.Errorf("making change %d: %w", i, err)
		}
		there[i] = !there[i]
		limit.made.Add(1)
		return nil
	}
	for n, every := 0, time.NewTicker(soakOther); ; n++ {
		select {
		case <-until.Done():
			every.Stop()
			for i := range there {
				if there[i] {
					if err := take(i); err != nil {
						return err
					}
				}
			}
			return ctx.Err()
		case <-every.C:
		}
		if err := take(n % len(steps)); err != nil {
			return err
		}
	}
}

const enforceLabel = api.EnforceLevelLabel

func (l *lab) enforce(ctx context.Context, namespace, level string) error {
	live := &corev1.Namespace{}
	if err := l.admin.Get(ctx, client.ObjectKey{Name: namespace}, live); err != nil {
		return fmt.Errorf("reading namespace %s: %w", namespace, err)
	}
	live.Labels[enforceLabel] = level
	if err := l.admin.Update(ctx, live); err != nil {
		return fmt.Errorf("labelling namespace %s: %w", namespace, err)
	}
	return nil
}

// passing are objects that come and go: rights for the pods of a namespace, what isolates them, an exception about them.
func passing(namespace string) []client.Object {
	named := metav1.ObjectMeta{Namespace: namespace, Name: "soak"}
	return []client.Object{
		&rbacv1.RoleBinding{
			ObjectMeta: named, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "fleet-vault"},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: "default"}},
		},
		&networkingv1.NetworkPolicy{ObjectMeta: named, Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
		}},
		&daysixv1alpha1.AuditException{ObjectMeta: metav1.ObjectMeta{Name: "soak"}, Spec: daysixv1alpha1.AuditExceptionSpec{
			Reason: "The soak says so.", Checks: []string{"RunAsRootAssumed"},
			NamespaceSelector: &daysixv1alpha1.Selector{MatchLabels: map[string]string{corev1.LabelMetadataName: namespace}},
		}},
	}
}
