package apiserver

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/testing/rbacgen"
)

var (
	seed      = flag.Uint64("seed", 20260101, "first seed of the random clusters")
	worlds    = flag.Int("worlds", 20, "number of random clusters, one after the other")
	questions = flag.Int("questions", 100_000, "number of random questions, over all clusters")
)

const (
	// workers is how many requests are under way at a time: enough to keep the API server busy.
	workers = 16
	// attempts is how often the questions about one cluster are asked while it does not rest: the controller may still
	// write what it read before the last objects were created.
	attempts = 5
)

type question struct {
	subject rbac.Subject
	rbac.Attributes

	grant rbac.Grant
	ours  bool
	// theirs is the answer of the API server.
	theirs bool
	err    error
}

// The questions must be such that yes and no are both common, or agreement would mean little.
func TestIndexAgreesWithSubjectAccessReviews(t *testing.T) {
	server := start(t)
	asked, yes := 0, 0
	begin := time.Now()
	for i := range *worlds {
		s := *seed + uint64(i)
		t.Run(fmt.Sprintf("Cluster of seed %d", s), func(t *testing.T) {
			for _, q := range server.ask(t, s, (*questions+*worlds-1) / *worlds) {
				if q.ours != q.theirs {
					t.Errorf("%s asks %+v: ours %v by %+v, API server %v", q.subject, q.Attributes, q.ours, q.grant, q.theirs)
				}
				asked++
				if q.theirs {
					yes++
				}
			}
		})
	}
	t.Logf("%d questions, %d yes, %d no, in %v", asked, yes, asked-yes, time.Since(begin).Round(time.Second))
	if asked < *questions || yes*10 < asked*3 || yes*10 > asked*7 {
		t.Errorf("%d questions with %d yes: want %d at least, 30 to 70 %% of them yes", asked, yes, *questions)
	}
}

// ask loads the world of a seed and returns questions about it with both answers.
func (a *apiServer) ask(t *testing.T, seed uint64, count int) []question {
	t.Helper()
	w := rbacgen.New(seed)
	w.DropInvalid()
	created := w.Objects
	defer a.delete(t, &created)
	a.load(t, &created)
	for range attempts {
		// From here on the world is what the API server says, its own roles included.
		w.Objects = a.list(t)
		a.catchUp(t)
		list := prepare(w, seed, count)
		a.answer(t.Context(), list)
		for i := range list {
			if err := list[i].err; err != nil {
				t.Fatalf("%s asks %+v: %v", list[i].subject, list[i].Attributes, err)
			}
		}
		if equality.Semantic.DeepEqual(w.Objects, a.list(t)) {
			return list
		}
		t.Log("The controller has changed a ClusterRole meanwhile: the answers are about two different clusters")
	}
	t.Fatal("the cluster does not come to rest")
	return nil
}

// prepare makes the questions and the answers of the index to them.
func prepare(w *rbacgen.World, seed uint64, count int) []question {
	random := rand.New(rand.NewPCG(seed, 2))
	x := rbac.New()
	w.Feed(x, random)
	subjects := append(rbacgen.Subjects(), w.BoundSubjects()...)
	rights := make([]rbac.Rights, len(subjects))
	grants := make([][]rbac.Grant, len(subjects))
	for i, s := range subjects {
		rights[i] = x.Resolve(s)
		grants[i] = rights[i].Grants()
	}
	list := make([]question, count)
	for i := range list {
		q, asking := &list[i], random.IntN(len(subjects))
		q.subject, q.Attributes = subjects[asking], w.Question(grants[asking])
		q.grant, q.ours = rights[asking].Allows(q.Attributes)
	}
	return list
}

// answer puts the questions to the API server.
func (a *apiServer) answer(ctx context.Context, list []question) {
	next := make(chan *question)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for q := range next {
				q.theirs, q.err = a.allows(ctx, q.subject, q.Attributes)
			}
		})
	}
	for i := range list {
		next <- &list[i]
	}
	close(next)
	group.Wait()
}

func (a *apiServer) allows(ctx context.Context, subject rbac.Subject, asked rbac.Attributes) (bool, error) {
	review := &authorizationv1.SubjectAccessReview{}
	review.Spec.User, review.Spec.Groups = rbacgen.Credentials(subject)
	if asked.Path != "" {
		review.Spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: asked.Path, Verb: asked.Verb}
	} else {
		review.Spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
			Verb: asked.Verb, Group: asked.APIGroup, Resource: asked.Resource, Subresource: asked.Subresource,
			Namespace: asked.Namespace, Name: asked.Name,
		}
	}
	answer, err := a.reviews.Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return false, err
	}
	// A dangling reference is an evaluation error of a no, not a failure.
	return answer.Status.Allowed, nil
}
