package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/fleet"
)

// lab is a control plane with a fleet in it, and the managers that are measured.
type lab struct {
	control *cluster.Cluster
	admin   client.WithWatch
	// clients speak protobuf, of which pods take less.
	clients            *kubernetes.Clientset
	binary, kubeconfig string
	fleet              *fleet.Fleet
	size               fleet.Size
	// workloads is how many reports there have to be.
	workloads int
	reports   *recorder
	managers  int
	profiles  string
}

func newLab(ctx context.Context, root string, size fleet.Size, seed uint64) (l *lab, err error) {
	l = &lab{size: size, fleet: fleet.New(size, seed), profiles: filepath.Join(root, "bin", "scale")}
	l.workloads = l.fleet.Count()
	if err := daysixv1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return nil, fmt.Errorf("registering the kinds: %w", err)
	}
	if err := os.MkdirAll(l.profiles, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of the figures: %w", err)
	}
	l.binary = filepath.Join(l.profiles, "manager")
	build := exec.CommandContext(ctx, "go", "build", "-o", l.binary, "./cmd/manager")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the manager: %w: %s", err, output)
	}
	l.control, err = cluster.Start(ctx, cluster.Options{NoAudit: true, AdmissionPlugins: []string{"OwnerReferencesPermissionEnforcement"}})
	if err != nil {
		return nil, err
	}
	// The managers inherit it: they run within the limit that docs/install.md names for so many pods.
	if err := os.Setenv("GOMEMLIMIT", strconv.Itoa(memoryLimit(size.Pods))); err != nil {
		return nil, errors.Join(err, l.close())
	}
	if err := l.prepare(ctx, root); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// memoryLimit is the default one, or 64 MiB and 8 KiB for each pod where that is more, in bytes.
func memoryLimit(pods int) int { return max(512<<20, 64<<20+pods*8<<10) }

func (l *lab) prepare(ctx context.Context, root string) (err error) {
	if err := l.control.InstallRights(ctx, root); err != nil {
		return err
	}
	if l.admin, err = client.NewWithWatch(fast(l.control.Config()), client.Options{}); err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	config := fast(l.control.Config())
	config.ContentType = "application/vnd.kubernetes.protobuf"
	if l.clients, err = kubernetes.NewForConfig(config); err != nil {
		return fmt.Errorf("making a client: %w", err)
	}
	config, err = l.control.ManagerConfig(ctx)
	if err != nil {
		return err
	}
	l.kubeconfig = filepath.Join(l.control.Dir(), "daysix.kubeconfig")
	if err := cluster.WriteKubeconfig(config, l.kubeconfig); err != nil {
		return err
	}
	begin := time.Now()
	if err := l.load(ctx); err != nil {
		return fmt.Errorf("loading the cluster: %w", err)
	}
	say("loaded %d pods of %d workloads on %d nodes in %s", l.size.Pods, l.workloads, l.size.Nodes, time.Since(begin).Round(time.Second))
	if l.reports, err = newRecorder(ctx, l.admin); err != nil {
		return err
	}
	return nil
}

func (l *lab) close() error {
	if l.reports != nil {
		l.reports.stop()
	}
	return l.control.Stop()
}

// fast takes the limits off a client: what is measured is not it.
func fast(config *rest.Config) *rest.Config {
	config.QPS, config.Burst = 5_000, 10_000
	return config
}

// say tells what goes on: the largest size takes its time.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "scale: "+format+"\n", args...) }
