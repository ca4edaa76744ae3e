package controllers

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestTheCacheKeepsWhatConfinesAServiceAccount(t *testing.T) {
	s := snapshot.New()
	kept, err := keep(s, &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "web", Annotations: map[string]string{
			snapshot.OnlyListedSecrets: "true", corev1.LastAppliedConfigAnnotation: "{}",
		}},
		Secrets: []corev1.ObjectReference{{Name: "listed"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	account, ok := kept.(*corev1.ServiceAccount)
	if !ok || len(account.Annotations) != 1 || account.Annotations[snapshot.OnlyListedSecrets] != "true" || len(account.Secrets) != 1 {
		t.Errorf("kept is %v", kept)
	}
}
