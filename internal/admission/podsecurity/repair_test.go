package podsecurity

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// allowed are values that every version of every check admits, by how a path ends.
var allowed = []struct {
	end   string
	value any
}{
	{".hostNetwork", false},
	{".hostPID", false},
	{".hostIPC", false},
	{".hostPort", int64(0)},
	{".host", ""},
	{".privileged", false},
	{".procMount", "Default"},
	{".hostProcess", false},
	{".allowPrivilegeEscalation", false},
	{".seLinuxOptions.type", ""},
	{".seLinuxOptions.user", ""},
	{".seLinuxOptions.role", ""},
	{".seccompProfile.type", "RuntimeDefault"},
	{".appArmorProfile.type", "RuntimeDefault"},
	{".capabilities.drop", []any{"ALL"}},
	{".runAsNonRoot", true},
	{".runAsUser", int64(1000)},
	{".name", "kernel.shm_rmid_forced"},
}

var (
	volumePath     = regexp.MustCompile(`^spec\.volumes\[(\d+)\]\.`)
	annotationPath = regexp.MustCompile(`^metadata\.annotations\[(.+)\]$`)
	capabilityPath = regexp.MustCompile(`\.capabilities\.add\[\d+\]$`)
)

// repair sets a field to a value that is allowed.
func repair(pod *corev1.Pod, f Field) {
	if m := annotationPath.FindStringSubmatch(f.Path); m != nil {
		pod.Annotations[m[1]] = "runtime/default"
		return
	}
	if m := volumePath.FindStringSubmatch(f.Path); m != nil {
		i, _ := strconv.Atoi(m[1])
		pod.Spec.Volumes[i].VolumeSource = corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
		return
	}
	edit(pod, f.Path, func(parent map[string]any, key string) { parent[key] = allowedAt(f.Path) },
		func(list []any, i int) { list[i] = allowedAt(f.Path) })
}

func allowedAt(path string) any {
	if capabilityPath.MatchString(path) {
		return "NET_BIND_SERVICE"
	}
	for _, a := range allowed {
		if strings.HasSuffix(path, a.end) {
			return a.value
		}
	}
	panic("no allowed value is known for " + path)
}

// valueAt is what stands in a field, in the words of Field.Value.
func valueAt(pod *corev1.Pod, f Field) string {
	if m := annotationPath.FindStringSubmatch(f.Path); m != nil {
		return pod.Annotations[m[1]]
	}
	if m := volumePath.FindStringSubmatch(f.Path); m != nil && !strings.HasSuffix(f.Path, ".hostPath.path") {
		i, _ := strconv.Atoi(m[1])
		if sourceField(&pod.Spec.Volumes[i].VolumeSource) == "" {
			return "no source"
		}
		return pod.Spec.Volumes[i].Name
	}
	var found any
	edit(pod.DeepCopy(), f.Path, func(parent map[string]any, key string) { found = parent[key] },
		func(list []any, i int) { found = list[i] })
	switch v := found.(type) {
	case nil:
		return ""
	case []any:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ",")
	default:
		return fmt.Sprint(v)
	}
}

// edit walks a path of the pod in its JSON form, making what is missing, and hands over the last step.
func edit(pod *corev1.Pod, path string, field func(map[string]any, string), item func([]any, int)) {
	root, err := runtime.DefaultUnstructuredConverter.ToUnstructured(pod)
	if err != nil {
		panic(err)
	}
	at := root
	steps := strings.Split(path, ".")
	for i, step := range steps {
		name, index, isItem := strings.Cut(strings.TrimSuffix(step, "]"), "[")
		last := i == len(steps)-1
		if isItem {
			list, _ := at[name].([]any)
			n, _ := strconv.Atoi(index)
			if last {
				item(list, n)
				break
			}
			at, _ = list[n].(map[string]any)
			continue
		}
		if last {
			field(at, name)
			break
		}
		next, ok := at[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[name] = next
		}
		at = next
	}
	*pod = corev1.Pod{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(root, pod); err != nil {
		panic(err)
	}
}
