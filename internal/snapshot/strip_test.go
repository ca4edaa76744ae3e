package snapshot

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const canary = "hunter2-canary"

// readByRules are the texts of a pod that rules read, or that the snapshot needs, and that hold no secret: names, images,
// paths and choices. Everything else must go. An entry covers all that is below it.
var readByRules = []string{
	"metadata.name", "metadata.namespace", "metadata.uid", "metadata.ownerReferences", "metadata.resourceVersion", "metadata.selfLink", "kind", "apiVersion",
	"metadata.annotations.container.apparmor",
	"spec.nodeName", "spec.serviceAccountName", "spec.serviceAccount", "spec.runtimeClassName", "spec.priorityClassName",
	"spec.schedulerName", "spec.restartPolicy", "spec.preemptionPolicy", "spec.os.name", "spec.hostname", "spec.subdomain",
	"spec.hostnameOverride", "spec.nodeSelector", "spec.tolerations", "spec.overhead", "spec.imagePullSecrets",
	"spec.securityContext", "spec.resources", "spec.resourceClaims", "spec.schedulingGroup", "spec.evictionResponders",
	"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
	"status.phase",
}

var readOfContainers = []string{
	"name", "image", "imagePullPolicy", "restartPolicy", "restartPolicyRules", "resizePolicy", "resources", "securityContext",
	"targetContainerName", "terminationMessagePath", "terminationMessagePolicy", "ports", "volumeDevices", "volumeMounts",
	"env[].name", "lifecycle.stopSignal", "env[].valueFrom", "envFrom",
}

// readOfHandlers, because a probe that names a host reaches out of the pod.
var readOfHandlers = []string{"httpGet.host", "httpGet.port", "httpGet.scheme", "httpGet.protocol", "tcpSocket", "grpc.mode"}

func TestStripPodLetsNoSecretThrough(t *testing.T) {
	pod := &corev1.Pod{}
	plant(reflect.ValueOf(pod).Elem(), 0)
	pod.Annotations["container.apparmor.security.beta.kubernetes.io/"+canary] = canary
	if before := leaks(t, pod); len(before) < 200 {
		t.Fatalf("the canary was planted in %d places only", len(before))
	}
	StripPod(pod)
	for _, place := range leaks(t, pod) {
		if !isRead(place) {
			t.Errorf("the canary survived at %s", place)
		}
	}
}

func TestStripTemplateLetsNoSecretThrough(t *testing.T) {
	object := &corev1.PodTemplateSpec{}
	plant(reflect.ValueOf(object).Elem(), 0)
	StripTemplate(object)
	for _, place := range leaks(t, object) {
		if !isRead(place) {
			t.Errorf("the canary survived at %s", place)
		}
	}
}

func TestStripPodKeepsWhatRulesRead(t *testing.T) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "x", Labels: map[string]string{"a": "b"}, ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "m"}},
			Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "hash", "note": canary},
		},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{{
				Name: "app", Command: []string{"sh"}, Args: []string{"-c", canary},
				Env: []corev1.EnvVar{
					{Name: "PASSWORD", Value: canary},
					{Name: "EMPTY"},
					{Name: "REF", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k"}}},
				},
				LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
					Host: "10.0.0.1", Path: "/?token=" + canary, HTTPHeaders: []corev1.HTTPHeader{{Name: "Authorization", Value: canary}},
				}}},
			}},
			Volumes: []corev1.Volume{
				{Name: "csi", VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{
					Driver: "secrets-store.csi.k8s.io", VolumeAttributes: map[string]string{"secretProviderClass": "vault", "key": canary},
				}}},
				{Name: "git", VolumeSource: corev1.VolumeSource{GitRepo: &corev1.GitRepoVolumeSource{Repository: "https://u:" + canary + "@git"}}},
			},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Message: canary, ContainerStatuses: []corev1.ContainerStatus{
			{Name: "app", Image: "i", User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: 7}}}, {Name: "other"},
		}},
	}
	StripPod(pod)
	want := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "x", Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "hash"}},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{{
				Name: "app",
				Env: []corev1.EnvVar{
					{Name: "PASSWORD", Value: literalGiven},
					{Name: "EMPTY"},
					{Name: "REF", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k"}}},
				},
				LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: "10.0.0.1"}}},
			}},
			Volumes: []corev1.Volume{
				{Name: "csi", VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{
					Driver: "secrets-store.csi.k8s.io", VolumeAttributes: map[string]string{"secretProviderClass": "vault", "key": literalGiven},
				}}},
				{Name: "git", VolumeSource: corev1.VolumeSource{GitRepo: &corev1.GitRepoVolumeSource{Repository: literalGiven}}},
			},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{
			{Name: "app", User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: 7}}},
		}},
	}
	wantDiff(t, "pods", want, pod)
	StripPod(pod)
	wantDiff(t, "pods that are stripped twice", want, pod)
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
	for _, list := range []string{"status.containerStatuses[].", "status.initContainerStatuses[].", "status.ephemeralContainerStatuses[]."} {
		if rest, ok := strings.CutPrefix(place, list); ok {
			return rest == "name"
		}
	}
	if rest, ok := strings.CutPrefix(place, "spec.volumes[]."); ok {
		return !slices.Contains([]string{"csi.volumeAttributes." + canary, "flexVolume.options." + canary, "gitRepo.repository"}, rest)
	}
	return covers(readByRules, place)
}

func covers(list []string, place string) bool {
	return slices.ContainsFunc(list, func(entry string) bool { return strings.HasPrefix(place, entry) })
}
