package snapshot

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const canary = "hunter2-canary"

// readByRules are the texts of a pod that rules read and that hold no secret: names, images, paths and choices. Everything
// else must go. An entry covers all that is below it.
var readByRules = []string{
	"metadata.annotations.container.apparmor",
	"spec.serviceAccountName", "spec.serviceAccount", "spec.runtimeClassName", "spec.priorityClassName",
	"spec.schedulerName", "spec.restartPolicy", "spec.preemptionPolicy", "spec.os.name",
	"spec.hostnameOverride", "spec.nodeSelector", "spec.tolerations", "spec.overhead", "spec.imagePullSecrets",
	"spec.securityContext", "spec.resources", "spec.resourceClaims", "spec.schedulingGroup", "spec.evictionResponders",
	"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
}

var readOfContainers = []string{
	"name", "image", "imagePullPolicy", "restartPolicy", "restartPolicyRules", "resizePolicy", "resources", "securityContext",
	"targetContainerName", "terminationMessagePath", "terminationMessagePolicy", "ports", "volumeDevices", "volumeMounts",
	"env[].name", "lifecycle.stopSignal", "env[].valueFrom", "envFrom",
}

// readOfHandlers, because a probe that names a host reaches out of the pod.
var readOfHandlers = []string{"httpGet.host", "httpGet.port", "httpGet.scheme", "httpGet.protocol", "tcpSocket", "grpc.mode"}

// literals end the places that may hold a password: nothing is kept of them, not even for policies.
var literals = []string{
	".env[].value", ".httpHeaders[].value", ".csi.volumeAttributes." + canary, ".flexVolume.options." + canary, ".gitRepo.repository",
}

func planted(t *testing.T) *corev1.Pod {
	t.Helper()
	pod := &corev1.Pod{}
	plant(reflect.ValueOf(pod).Elem(), 0)
	pod.OwnerReferences[0].Controller = nil
	pod.Annotations["container.apparmor.security.beta.kubernetes.io/"+canary] = canary
	pod.Annotations[corev1.LastAppliedConfigAnnotation] = canary
	if before := leaks(t, pod); len(before) < 200 {
		t.Fatalf("the canary was planted in %d places only", len(before))
	}
	return pod
}

func TestNoSecretReachesTheRules(t *testing.T) {
	projected, _ := New().Transform(planted(t)).(*Pod)
	seen := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: projected.shape.Annotations}, Spec: *projected.shape.Spec}
	for _, place := range leaks(t, seen) {
		if !isRead(place) {
			t.Errorf("the canary survived at %s", place)
		}
	}
}

func TestNoLiteralValueIsKept(t *testing.T) {
	pod := planted(t)
	template := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{
		ObjectMeta: *pod.ObjectMeta.DeepCopy(), Spec: *pod.Spec.DeepCopy(),
	}}}
	s := New()
	projected, _ := s.Transform(pod).(*Pod)
	owner, _ := s.Transform(template).(*Owner)
	for name, kept := range map[string]*corev1.Pod{
		"a pod": {ObjectMeta: metav1.ObjectMeta{Annotations: *projected.annotations, Labels: *projected.labels}, Spec: *projected.spec.Whole},
		"a template": {
			ObjectMeta: metav1.ObjectMeta{Annotations: owner.Template.Annotations, Labels: owner.Template.Labels}, Spec: *owner.Template.Spec.Whole,
		},
		"what identifies a pod": {ObjectMeta: projected.ObjectMeta},
	} {
		places := leaks(t, kept)
		if len(places) == 0 {
			t.Errorf("of %s nothing is kept", name)
		}
		for _, place := range places {
			literal := slices.ContainsFunc(literals, func(l string) bool { return strings.HasSuffix(place, l) })
			if literal || strings.HasPrefix(place, ".metadata.annotations."+corev1.LastAppliedConfigAnnotation) {
				t.Errorf("the canary survived in %s at %s", name, place)
			}
		}
	}
}

func TestWhatRulesAndPoliciesReadIsKept(t *testing.T) {
	probe := func(path string, headers ...corev1.HTTPHeader) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: "10.0.0.1", Path: path, HTTPHeaders: headers}}}
	}
	env := func(value string) []corev1.EnvVar {
		return []corev1.EnvVar{
			{Name: "PASSWORD", Value: value},
			{Name: "EMPTY"},
			{Name: "REF", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k"}}},
		}
	}
	volumes := func(value string) []corev1.Volume {
		return []corev1.Volume{{Name: "csi", VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{
			Driver: "secrets-store.csi.k8s.io", VolumeAttributes: map[string]string{"secretProviderClass": "vault", "key": value},
		}}}}
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "x", Labels: map[string]string{"a": "b"}, ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "m"}},
			Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "hash", "note": "kept", corev1.LastAppliedConfigAnnotation: canary},
		},
		Spec: corev1.PodSpec{
			NodeName: "one", Volumes: volumes(canary),
			Containers: []corev1.Container{{
				Name: "app", Args: []string{"-c"}, Env: env(canary),
				LivenessProbe: probe("/?token", corev1.HTTPHeader{Name: "Authorization", Value: canary}),
			}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Message: canary, ContainerStatuses: []corev1.ContainerStatus{
			{Name: "app", Image: "i", User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: 7}}}, {Name: "other"},
		}},
	}
	s := New()
	projected, _ := s.Transform(pod).(*Pod)
	wantDiff(t, "specs for policies", &corev1.PodSpec{
		Volumes: volumes(literalGiven),
		Containers: []corev1.Container{{
			Name: "app", Args: []string{"-c"}, Env: env(literalGiven),
			LivenessProbe: probe("/?token", corev1.HTTPHeader{Name: "Authorization", Value: literalGiven}),
		}},
	}, projected.spec.Whole)
	wantDiff(t, "shapes", &Shape{
		Spec: &corev1.PodSpec{
			Volumes:    volumes(literalGiven),
			Containers: []corev1.Container{{Name: "app", Env: env(literalGiven), LivenessProbe: probe("")}},
		},
		Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "hash"}, Users: map[string]int64{"app": 7}, Static: true,
	}, projected.shape)
	wantDiff(t, "annotations", labels.Set{corev1.MirrorPodAnnotationKey: "hash", "note": "kept"}, *projected.annotations)
	wantDiff(t, "labels", labels.Set{"a": "b"}, *projected.labels)
	if s.Transform(projected) != any(projected) {
		t.Error("what is kept of a pod is projected again")
	}
}

// plant writes the canary into every text below v, making what is needed on the way.
func plant(v reflect.Value, depth int) {
	if depth > 14 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(canary)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		plant(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[metav1.Time]() {
				plant(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // JSON of managed fields.
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		plant(v.Index(0), depth+1)
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		plant(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(canary).Convert(v.Type().Key()), value)
	default:
	}
}

// leaks lists the paths in the JSON of an object at which the canary stands.
func leaks(t *testing.T, object any) []string {
	t.Helper()
	encoded, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(encoded, &tree); err != nil {
		t.Fatal(err)
	}
	var places []string
	walk("", tree, func(place, text string) {
		if strings.Contains(text, canary) {
			places = append(places, place)
		}
	})
	slices.Sort(places)
	return places
}

func walk(place string, tree any, visit func(place, text string)) {
	switch v := tree.(type) {
	case map[string]any:
		for name, value := range v {
			visit(place+"."+name+" (name)", name)
			walk(place+"."+name, value, visit)
		}
	case []any:
		for _, value := range v {
			walk(place+"[]", value, visit)
		}
	case string:
		visit(place, v)
	}
}

func isRead(place string) bool {
	place = strings.TrimPrefix(place, ".")
	for _, list := range []string{"spec.containers[].", "spec.initContainers[].", "spec.ephemeralContainers[]."} {
		rest, ok := strings.CutPrefix(place, list)
		if !ok {
			continue
		}
		for _, handler := range []string{"livenessProbe.", "readinessProbe.", "startupProbe.", "lifecycle.postStart.", "lifecycle.preStop."} {
			if inHandler, ok := strings.CutPrefix(rest, handler); ok {
				return covers(readOfHandlers, inHandler)
			}
		}
		return covers(readOfContainers, rest)
	}
	if rest, ok := strings.CutPrefix(place, "spec.volumes[]."); ok {
		return !slices.Contains([]string{"csi.volumeAttributes." + canary, "flexVolume.options." + canary, "gitRepo.repository"}, rest)
	}
	return covers(readByRules, place)
}

func covers(list []string, place string) bool {
	return slices.ContainsFunc(list, func(entry string) bool { return strings.HasPrefix(place, entry) })
}
