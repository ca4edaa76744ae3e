package podsecurity

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"sigs.k8s.io/yaml"
)

// fixtures is how many manifests the module brings in v0.37.2; an upgrade has to look at what changed.
const fixtures = 4537

// fixture is one manifest of upstream's: level/version/verdict/file.yaml.
type fixture struct {
	name    string
	level   api.Level
	version string
	fails   bool
	pod     corev1.Pod
}

// moduleField asks the go command about the module of Pod Security.
func moduleField(t *testing.T, field string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{."+field+"}}", "k8s.io/pod-security-admission").Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("finding the module: %v: %s", err, exit.Stderr)
		}
		t.Fatalf("finding the module: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func readFixtures(t *testing.T) []fixture {
	t.Helper()
	root := os.DirFS(path.Join(moduleField(t, "Dir"), "test", "testdata"))
	var list []fixture
	if err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		parts := strings.Split(name, "/")
		f := fixture{name: name, level: api.Level(parts[0]), version: parts[1], fails: parts[2] == "fail"}
		if err := yaml.UnmarshalStrict(data, &f.pod); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i := range f.pod.Spec.Volumes { // The API server makes an emptyDir of a volume that names no source.
			if v := &f.pod.Spec.Volumes[i]; v.VolumeSource == (corev1.VolumeSource{}) {
				v.EmptyDir = &corev1.EmptyDirVolumeSource{}
			}
		}
		list = append(list, f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(list) != fixtures {
		t.Errorf("read %d fixtures, want %d", len(list), fixtures)
	}
	return list
}
