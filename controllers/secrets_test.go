package controllers

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestSecretsAreFollowedOnlyWhereTheyAreEnabled(t *testing.T) {
	for state, want := range map[snapshot.State]bool{snapshot.NotEnabled: false, snapshot.NotSynced: true} {
		s := snapshot.New()
		s.SetSource(snapshot.Secrets, state)
		engine := newEngine(s)
		feeds := (&Feeder{
			snapshot: s, grants: engine.Grants, policies: engine.Policies, engine: engine, params: &ParamFeeder{}, solver: &Solver{},
		}).feeds()
		got := slices.ContainsFunc(feeds, func(fd feed) bool { return fd.source == snapshot.Secrets })
		if others := len(feeds) - map[bool]int{true: 1}[got]; got != want || others != len(snapshot.Sources())-len(model.Extensions())-1 {
			t.Errorf("secrets are %s: followed %v, besides %d others", state, got, others)
		}
	}
}

// optionsOfSecrets are those by which the cache reads Secrets.
func optionsOfSecrets(t *testing.T) cache.ByObject {
	t.Helper()
	for object, by := range CacheOptions(snapshot.New(), NewSourceErrors(clock.RealClock{})).ByObject {
		if object.GetObjectKind().GroupVersionKind() == secretMetadata().GroupVersionKind() {
			if reflect.TypeOf(object) != reflect.TypeFor[*metav1.PartialObjectMetadata]() {
				t.Errorf("Secrets are read as %T", object)
			}
			return by
		}
	}
	t.Fatal("the cache has no options for Secrets")
	return cache.ByObject{}
}

func TestTheCacheAsksForTokensAndKeepsNoValue(t *testing.T) {
	options := optionsOfSecrets(t)
	if selector := options.Field.String(); selector != "type=kubernetes.io/service-account-token" {
		t.Errorf("Secrets are selected by %q", selector)
	}
	object := secretMetadata()
	object.Namespace, object.Name = shop, "web-token"
	object.Labels = map[string]string{"team": secret}
	object.Annotations = map[string]string{
		corev1.ServiceAccountNameKey: "web", corev1.LastAppliedConfigAnnotation: `{"stringData":{"token":"` + secret + `"}}`,
	}
	kept, err := keep(snapshot.New(), object)
	if text := fmt.Sprintf("%+v", kept); err != nil || strings.Contains(text, secret) || !strings.Contains(text, "web-token") {
		t.Errorf("error %v, kept %s", err, text)
	}
}

func TestTheFeedOfSecretsTellsTheSnapshot(t *testing.T) {
	s := synced(newPod(shop, "a", "web"))
	fd, object := secretFeed(s), secretMetadata()
	object.Namespace, object.Name = shop, "web-token"
	object.Annotations = map[string]string{corev1.ServiceAccountNameKey: "web"}
	for _, step := range []struct {
		name string
		got  snapshot.Affected
	}{{"it comes", fd.upsert(object)}, {"it goes", fd.remove(object)}} {
		if diff := cmp.Diff(snapshot.Affected{podKey(shop, "a")}, step.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
