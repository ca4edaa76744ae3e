package admission

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission"
)

var (
	seed      = flag.Uint64("seed", 20261124, "seed of the random policies and pods")
	worlds    = flag.Int("worlds", 40, "number of random sets of policies, one after the other")
	questions = flag.Int("questions", 60, "number of pods that are created in each")
)

// workers is how many requests are under way at a time.
const workers = 8

// question is a pod that a user creates in a namespace.
type question struct {
	number    int
	user      *asking
	namespace *corev1.Namespace
	// written is the pod of the user, candidate what policies are asked about.
	written, candidate *corev1.Pod

	// The API server's answer.
	created *corev1.Pod
	warned  []string
	err     error
}

func (q *question) String() string {
	return fmt.Sprintf("pod %d in %s by %s", q.number, q.namespace.Name, q.user.Name)
}

// Admitted and denied must both be common, or agreement would mean little.
func TestTheVerdictIsThatOfTheAPIServer(t *testing.T) {
	s := start(t)
	t.Run("Defaults of a pod", s.compareDefaults)
	list := s.candidates(t)
	begin := time.Now()
	counts, causes := map[admission.Verdict]int{}, map[admission.Cause]int{}
	s.unknown = map[string]int{}
	asked := 0
	for i := range *worlds {
		t.Run(fmt.Sprintf("World %d of seed %d", i, *seed), func(t *testing.T) {
			w := newWorld(*seed, i)
			defer s.unload(t, w)
			x := s.load(t, w)
			for _, q := range s.ask(t, w, list) {
				r := s.compare(t, x, q)
				counts[r.Verdict()]++
				for _, d := range r.Denials {
					causes[d.Cause]++
				}
				asked++
			}
		})
	}
	t.Logf("%d questions, %v, causes %v, unknown without a fact %v, in %v", asked, counts, causes, s.unknown, time.Since(begin).Round(time.Second))
	if 10*counts[admission.Admitted] < 3*asked || 10*counts[admission.Denied] < 3*asked || 50*counts[admission.Unknown] > asked {
		t.Errorf("want 30 %% admitted and denied, 2 %% unknown at most, of %d: %v", asked, counts)
	}
}

// candidates are random pods in every namespace as they are when policies are asked: what the API server makes of them while
// there is no policy.
func (s *server) candidates(t *testing.T) []question {
	t.Helper()
	var list []question
	for i, written := range pods(rand.New(rand.NewPCG(*seed, 1<<32)), 60) {
		for _, name := range namespaceNames {
			namespace := &corev1.Namespace{}
			if err := s.client.Get(t.Context(), client.ObjectKey{Name: name}, namespace); err != nil {
				t.Fatal(err)
			}
			created, _, err := s.users[0].dryRun(t.Context(), name, written)
			if err != nil {
				t.Fatalf("creating pod %d in %s: %v", i, name, err)
			}
			candidate := created.DeepCopy()
			candidate.UID, candidate.CreationTimestamp, candidate.ManagedFields, candidate.Generation = "", metav1.Time{}, nil, 0
			candidate.Name, candidate.GenerateName = written.Name, written.GenerateName
			list = append(list, question{number: i, namespace: namespace, written: written, candidate: candidate})
		}
	}
	return list
}

// load creates a world and returns the policies as the API server has them.
func (s *server) load(t *testing.T, w *world) *admission.Policies {
	t.Helper()
	for _, object := range w.objects {
		s.create(t, object)
	}
	s.catchUp(t, w.id)
	x := admission.New()
	for _, k := range paramKinds {
		status := admission.ParamStatus{State: admission.ParamsSynced, Namespaced: k.namespaced}
		if !k.exists {
			status.State = admission.ParamsMissing
		}
		x.SetParamKind(k.kind, status)
	}
	for _, object := range w.objects {
		s.feed(t, x, object)
	}
	return x
}

// feed gives an object to the policies, as the API server filled it in when it was created.
func (s *server) feed(t *testing.T, x *admission.Policies, object client.Object) {
	t.Helper()
	switch o := object.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicy:
		x.UpsertValidatingPolicy(o)
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		x.UpsertValidatingBinding(o)
	case *admissionregistrationv1.MutatingAdmissionPolicy:
		x.UpsertMutatingPolicy(o)
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		x.UpsertMutatingBinding(o)
	case *unstructured.Unstructured:
		if _, err := x.UpsertParam(o.GroupVersionKind(), o); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("%T is no part of a world", object)
	}
}

func (s *server) unload(t *testing.T, w *world) {
	t.Helper()
	for _, object := range slices.Backward(w.objects) {
		// A policy that is gone is enforced for a while.
		eventually(t, "an object is deleted", func(ctx context.Context) (bool, error) {
			err := client.IgnoreNotFound(s.client.Delete(ctx, object))
			return err == nil, refusedOrNil(err)
		})
	}
}

// ask lets random users create random pods.
func (s *server) ask(t *testing.T, w *world, list []question) []*question {
	t.Helper()
	asked := make([]*question, *questions)
	next := make(chan *question)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for q := range next {
				q.created, q.warned, q.err = q.user.dryRun(t.Context(), q.namespace.Name, q.written)
			}
		})
	}
	for i := range asked {
		q := list[w.random.IntN(len(list))]
		q.user = &s.users[w.random.IntN(len(s.users))]
		asked[i] = &q
		next <- &q
	}
	close(next)
	group.Wait()
	return asked
}

func (s *server) request(q *question) *admission.Request {
	return &admission.Request{
		Pod: q.candidate, Namespace: q.namespace, User: &q.user.DefaultInfo, Authorizer: s, Reinvoke: mountToken,
	}
}

// compare evaluates the same creation and says where the two differ.
func (s *server) compare(t *testing.T, x *admission.Policies, q *question) admission.Result {
	t.Helper()
	before := q.candidate.DeepCopy()
	r := x.Evaluate(t.Context(), s.request(q))
	if !equality.Semantic.DeepEqual(before, q.candidate) {
		t.Errorf("%s: the candidate was changed", q)
	}
	want := admission.Admitted
	if q.err != nil {
		want = admission.Denied
	}
	if got := r.Verdict(); got != want {
		t.Errorf("%s: %s by %v %v, API server: %v", q, got, texts(r.Denials), r.Gaps, q.err)
		return r
	}
	slices.Sort(q.warned)
	if diff := cmp.Diff(warningsOf(&r), q.warned); diff != "" && !rejectedBefore(&r) {
		t.Errorf("%s: other warnings (-ours +theirs):\n%s", q, diff)
	}
	if q.err != nil {
		compareDenial(t, q, &r)
	} else {
		comparePod(t, q, &r)
	}
	s.withhold(t, x, q, want)
	return r
}

// compareDenial looks for the API server's reason among ours: it tells only the first, in an order that it does not fix.
func compareDenial(t *testing.T, q *question, r *admission.Result) {
	t.Helper()
	var status *apierrors.StatusError
	if !errors.As(q.err, &status) {
		t.Fatalf("%s: %v", q, q.err)
	}
	var enforced []string
	for i := range r.Denials {
		d := &r.Denials[i]
		if !d.Enforced() {
			continue
		}
		enforced = append(enforced, d.String())
		if strings.HasSuffix(status.ErrStatus.Message, d.String()) && status.ErrStatus.Reason == d.Reason {
			return
		}
	}
	t.Errorf("%s: %q, API server: %s %q", q, enforced, status.ErrStatus.Reason, status.ErrStatus.Message)
}

// comparePod compares what mutating policies have made of the pod.
func comparePod(t *testing.T, q *question, r *admission.Result) {
	t.Helper()
	ours := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Labels: r.Pod.Labels, Annotations: r.Pod.Annotations}, Spec: r.Pod.Spec, Status: r.Pod.Status}
	theirs := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Labels: q.created.Labels, Annotations: q.created.Annotations}, Spec: q.created.Spec, Status: q.created.Status}
	forgetNames(ours)
	forgetNames(theirs)
	if !equality.Semantic.DeepEqual(ours, theirs) {
		t.Errorf("%s: another pod (-ours +theirs):\n%s", q, cmp.Diff(ours, theirs))
	}
}

// rejectedBefore tells whether the pod was refused before validating policies were asked.
func rejectedBefore(r *admission.Result) bool {
	return slices.ContainsFunc(r.Denials, func(d admission.Denial) bool { return d.Policy.Kind == admission.MutatingPolicy })
}

// warningsOf are the warnings that the API server sends for our denials. It sends each once.
func warningsOf(r *admission.Result) []string {
	var list []string
	for i := range r.Denials {
		d := &r.Denials[i]
		if slices.Contains(d.Actions, admissionregistrationv1.Warn) {
			list = append(list, fmt.Sprintf("Validation failed for ValidatingAdmissionPolicy '%s' with binding '%s': %s", d.Policy.Name, d.Binding, d.Message))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func texts(denials []admission.Denial) []string {
	list := make([]string, len(denials))
	for i := range denials {
		list[i] = fmt.Sprint(denials[i].Actions, denials[i].String())
	}
	return list
}

// withhold asks again without one fact or the other. What is then not known must be said, and what is said must be true.
func (s *server) withhold(t *testing.T, x *admission.Policies, q *question, want admission.Verdict) {
	t.Helper()
	for name, change := range map[string]func(*admission.Request){
		"the user":       func(r *admission.Request) { r.User = nil },
		"the authorizer": func(r *admission.Request) { r.Authorizer = nil },
		"the literals":   redact,
		"everything":     func(r *admission.Request) { r.User, r.Authorizer = nil, nil; redact(r) },
	} {
		request := s.request(q)
		change(request)
		r := x.Evaluate(t.Context(), request)
		if got := r.Verdict(); got != want && got != admission.Unknown {
			t.Errorf("%s, without %s: %s by %v, API server: %v", q, name, got, texts(r.Denials), q.err)
		} else if got == admission.Unknown {
			s.unknown[name]++
		}
	}
}

func redact(r *admission.Request) {
	r.Pod, r.LiteralsRedacted = r.Pod.DeepCopy(), true
	for _, list := range [][]corev1.Container{r.Pod.Spec.InitContainers, r.Pod.Spec.Containers} {
		for i := range list {
			for j := range list[i].Env {
				if list[i].Env[j].Value != "" {
					list[i].Env[j].Value = "<redacted>"
				}
			}
		}
	}
}

const tokenVolume = "kube-api-access-"

// mountToken does what the ServiceAccount plugin does again for a container that a policy has added.
func mountToken(pod *corev1.Pod) {
	for _, v := range pod.Spec.Volumes {
		if !strings.HasPrefix(v.Name, tokenVolume) {
			continue
		}
		for i := range pod.Spec.InitContainers {
			c := &pod.Spec.InitContainers[i]
			if !slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return strings.HasPrefix(m.Name, tokenVolume) }) {
				c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{
					Name: v.Name, ReadOnly: true, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
				})
			}
		}
	}
}

// forgetNames takes out the random name of the volume with the token.
func forgetNames(pod *corev1.Pod) {
	*pod = *pod.DeepCopy()
	forget := func(name *string) {
		if strings.HasPrefix(*name, tokenVolume) {
			*name = tokenVolume
		}
	}
	for i := range pod.Spec.Volumes {
		forget(&pod.Spec.Volumes[i].Name)
	}
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			for j := range list[i].VolumeMounts {
				forget(&list[i].VolumeMounts[j].Name)
			}
		}
	}
}
