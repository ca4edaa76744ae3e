// Package samples brings the sample workloads of config/samples/demo into a running cluster, with what a manifest
// cannot do by itself: a mirror pod belongs to a Node, an ephemeral container is added to a pod that runs, and a pod
// must not be created before the policy that injects a sidecar is in force.
package samples

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	// settleTimeout bounds each wait for the cluster to do its part.
	settleTimeout = 2 * time.Minute
	pollInterval  = 100 * time.Millisecond
)

// Workload is a workload as the samples declare it.
type Workload struct {
	// File is the name of the manifest without its extension.
	File                  string
	Kind, Namespace, Name string
}

// Report is the name of the workload's PodSecurityReport in its namespace.
func (w Workload) Report() string { return strings.ToLower(w.Kind) + "-" + w.Name }

// Set is the samples of a folder.
type Set struct {
	dir string
	// Workloads are those that get a report, sorted by file. A static pod has the name of its mirror pod.
	Workloads []Workload
}

// Load reads the samples of the repository in root.
func Load(root string) (*Set, error) {
	s := &Set{dir: filepath.Join(root, "config", "samples", "demo")}
	files, err := filepath.Glob(filepath.Join(s.dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("listing the samples: %w", err)
	}
	slices.Sort(files)
	for _, file := range files {
		objects, err := read(file)
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if isWorkload(object.GetKind()) {
				s.Workloads = append(s.Workloads, workload(file, object))
			}
		}
	}
	mirror, err := s.mirror()
	if err != nil {
		return nil, err
	}
	s.Workloads = append(s.Workloads, workload(s.staticPod(), mirror))
	return s, nil
}

func workload(file string, object *unstructured.Unstructured) Workload {
	return Workload{
		File: strings.TrimSuffix(filepath.Base(file), ".yaml"),
		Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName(),
	}
}

func isWorkload(kind string) bool {
	return slices.Contains([]string{"CronJob", "DaemonSet", "Deployment", "Pod", "StatefulSet"}, kind)
}

func read(file string) ([]*unstructured.Unstructured, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading a sample: %w", err)
	}
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), len(data))
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading sample %s: %w", filepath.Base(file), err)
		}
		objects = append(objects, object)
	}
}

// Apply creates the samples and returns once all of them run. The cluster needs its controllers, a control-plane node
// and a worker.
func (s *Set) Apply(ctx context.Context, c *cluster.Cluster) error {
	if err := s.apply(ctx, c, "0[01]-*.yaml"); err != nil {
		return fmt.Errorf("preparing the samples: %w", err)
	}
	if err := waitForInjection(ctx, c); err != nil {
		return err
	}
	if err := s.apply(ctx, c, "*.yaml"); err != nil {
		return fmt.Errorf("applying the samples: %w", err)
	}
	if err := s.createMirror(ctx, c); err != nil {
		return err
	}
	if err := s.waitUntilRunning(ctx, c); err != nil {
		return err
	}
	return debug(ctx, c)
}

// apply applies files of the folder, as the API server's version wants them.
func (s *Set) apply(ctx context.Context, c *cluster.Cluster, pattern string) error {
	files, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil {
		return fmt.Errorf("listing the samples: %w", err)
	}
	beta, err := c.BetaMutatingPolicies()
	if err != nil {
		return err
	}
	var manifests []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading a sample: %w", err)
		}
		manifests = append(manifests, string(data))
	}
	all := strings.Join(manifests, "\n---\n")
	if beta {
		const before, kind = "admissionregistration.k8s.io/v1", "\nkind: Mutating"
		all = strings.ReplaceAll(all, before+kind, before+"beta1"+kind)
	}
	return c.ApplyYAML(ctx, all)
}

func (s *Set) waitUntilRunning(ctx context.Context, c *cluster.Cluster) error {
	var waiting []string
	err := wait.PollUntilContextTimeout(ctx, pollInterval, settleTimeout, true, func(ctx context.Context) (bool, error) {
		waiting = nil
		for _, w := range s.Workloads {
			object := &unstructured.Unstructured{}
			object.SetAPIVersion(apiVersion(w.Kind))
			object.SetKind(w.Kind)
			if err := c.Client().Get(ctx, client.ObjectKey{Namespace: w.Namespace, Name: w.Name}, object); err != nil {
				return false, fmt.Errorf("reading %s %s/%s: %w", w.Kind, w.Namespace, w.Name, err)
			}
			if !running(object) {
				waiting = append(waiting, w.Namespace+"/"+w.Report())
			}
		}
		return len(waiting) == 0, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the samples to run, not yet %s: %w", strings.Join(waiting, ", "), err)
	}
	return nil
}

func apiVersion(kind string) string {
	switch kind {
	case "CronJob":
		return "batch/v1"
	case "Pod":
		return "v1"
	default:
		return "apps/v1"
	}
}

func running(object *unstructured.Unstructured) bool {
	status := func(field string) int64 {
		// An absent count is zero.
		n, _, _ := unstructured.NestedInt64(object.Object, "status", field)
		return n
	}
	observed := status("observedGeneration") >= object.GetGeneration()
	switch object.GetKind() {
	case "Pod":
		phase, _, _ := unstructured.NestedString(object.Object, "status", "phase")
		return phase == "Running"
	case "DaemonSet":
		return observed && status("desiredNumberScheduled") > 0 && status("numberReady") == status("desiredNumberScheduled")
	case "CronJob":
		return true
	default:
		replicas, _, _ := unstructured.NestedInt64(object.Object, "spec", "replicas")
		return observed && status("readyReplicas") == replicas
	}
}
