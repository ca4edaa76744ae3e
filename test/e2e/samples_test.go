package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/golden"
	"github.com/daysix/daysix/internal/testing/samples"
)

// maxReport is the size in bytes that no report may exceed.
const maxReport = 16 << 10

var _ = Describe("The samples of the demo", Ordered, ContinueOnFailure, func() {
	var found map[string]*daysixv1alpha1.PodSecurityReport

	BeforeAll(func(ctx SpecContext) {
		set, err := samples.Load(root)
		Expect(err).NotTo(HaveOccurred())
		// Daysix judges itself by what is installed, though the manager here is a process beside the cluster.
		Expect(control.Install(ctx, root)).To(Succeed())
		DeferCleanup(func(ctx SpecContext) error {
			_, err := control.Kubectl(ctx, "delete", "deployment", "--namespace", cluster.SystemNamespace, cluster.ManagerAccount)
			return err
		})
		Expect(set.Apply(ctx, control)).To(Succeed())
		set.Workloads = append(set.Workloads, samples.Workload{
			Kind: "Deployment", Namespace: cluster.SystemNamespace, Name: cluster.ManagerAccount,
		})
		waitForPods(ctx, cluster.SystemNamespace, 1)
		startReadyManager(ctx)
		found = map[string]*daysixv1alpha1.PodSecurityReport{}
		for _, w := range set.Workloads {
			waitForReport(ctx, w.Namespace, w.Report())
		}
		quiet(ctx)
		for _, w := range set.Workloads {
			found[w.Namespace+"/"+w.Report()] = waitForReport(ctx, w.Namespace, w.Report())
		}
	})

	// What is found on a node depends on where the scheduler put whose pods: ways over others are tested where pods are pinned.
	It("have exactly the findings of their own that are expected", func() {
		var lines []string
		for name, r := range found {
			own := slices.DeleteFunc(checks(r), func(check string) bool { return strings.HasPrefix(check, "PathTo") })
			lines = append(lines, name+": "+strings.Join(own, ","))
		}
		slices.Sort(lines)
		got := strings.Join(lines, "\n") + "\n"
		golden.Compare(GinkgoTB(), filepath.Join("testdata", "samples.golden"), got)
	})

	It("are at least twelve", func() { Expect(len(found)).To(BeNumerically(">=", 12)) })

	It("hold a hardened workload that is harmless", func() {
		r := found["shop/deployment-catalog"]
		Expect(r.Status.Severity).To(BeElementOf(daysixv1alpha1.Severity("Low"), daysixv1alpha1.Severity("Minimal")))
		for _, f := range r.Status.Findings {
			Expect(f.Severity).To(BeElementOf(daysixv1alpha1.Severity("Low"), daysixv1alpha1.Severity("Minimal")), f.Check)
		}
		Expect(r.Status.Score).To(BeZero())
		for _, a := range r.Status.Answers {
			Expect(a.Answer).To(BeEquivalentTo("No"), string(a.Question))
		}
	})

	It("hold workloads that control their node", func() {
		for name, check := range map[string]string{
			"kube-system/daemonset-network-agent": "PrivilegedContainer",
			"ci/deployment-runner":                "HostPathRuntimeSocket",
		} {
			r := found[name]
			Expect(r.Status.Severity).To(BeElementOf(daysixv1alpha1.Severity("Critical"), daysixv1alpha1.Severity("High")), name)
			Expect(answer(r, "ControlNode")).To(Equal("Yes "), name)
			Expect(checks(r)).To(ContainElement(check), name)
		}
		// What decides about the capability, a profile of AppArmor, is not shown by the API.
		profiler := found["monitoring/pod-profiler"]
		Expect(answer(profiler, "ControlNode")).To(Equal("Conditional "))
		Expect(checks(profiler)).To(ContainElement("CapabilitySysAdmin"))
	})

	It("are judged by what runs: an injected sidecar, a debug container, a user by the image", func() {
		containers := func(name string) (names []string) {
			for _, f := range found[name].Status.Findings {
				names = append(names, f.Container+" "+f.Check)
			}
			return names
		}
		Expect(containers("mesh/deployment-orders")).To(ContainElement("mesh-proxy CapabilityNetAdmin"))
		Expect(containers("shop/deployment-checkout")).To(ContainElement("debugger EphemeralContainerLeftBehind"))
		Expect(found["shop/deployment-checkout"].Status.Pods.Divergent).To(HaveLen(1))
		Expect(containers("shop/deployment-storefront")).To(ContainElement("web RunAsRoot"))
	})

	It("are judged by their template where nothing runs", func() {
		for _, name := range []string{"storage/deployment-disk-repair", "storage/cronjob-nightly-backup"} {
			Expect(condition(found[name], daysixv1alpha1.ConditionAssessed)).To(Equal("True "+daysixv1alpha1.ReasonTemplate), name)
			Expect(found[name].Status.Pods.Running).To(BeZero(), name)
		}
		Expect(checks(found["storage/deployment-disk-repair"])).To(ContainElement("PrivilegedContainer"))
	})

	It("hold a static pod that is a workload of its own", func() {
		r := found["kube-system/pod-kube-apiserver-"+samples.StaticPodNode]
		Expect(r.Spec.WorkloadRef.Kind).To(Equal("Pod"))
		Expect(r.Status.Severity).To(BeEquivalentTo("Critical"))
	})

	It("show what a user namespace is worth", func(ctx SpecContext) {
		// The same containers without it, beside it.
		newNamespace(ctx, "ci-host-users")
		manifest, err := os.ReadFile(filepath.Join(root, "config", "samples", "demo", "user-namespace.yaml"))
		Expect(err).NotTo(HaveOccurred())
		plain := strings.NewReplacer("namespace: ci", "namespace: ci-host-users", "hostUsers: false", "hostUsers: true")
		Expect(control.ApplyYAML(ctx, plain.Replace(string(manifest)))).To(Succeed())
		waitForPods(ctx, "ci-host-users", 1)
		without := settled(ctx, "ci-host-users", "deployment-image-builder", 1)
		Expect(found["ci/deployment-image-builder"].Status.Score).To(BeNumerically("<", without.Status.Score))
	})

	It("hold Daysix itself, which passes its own audit", func() {
		r := found[cluster.SystemNamespace+"/deployment-"+cluster.ManagerAccount]
		Expect(r.Status.ServiceAccountName).To(Equal(cluster.ManagerAccount))
		Expect(r.Status.Severity).To(BeElementOf(daysixv1alpha1.Severity("Low"), daysixv1alpha1.Severity("Minimal")))
	})

	It("have reports that are small and add up", func() {
		var sizes []int
		for name, r := range found {
			encoded, err := json.Marshal(map[string]any{"spec": r.Spec, "status": r.Status})
			Expect(err).NotTo(HaveOccurred())
			sizes = append(sizes, len(encoded))
			whole, err := json.Marshal(r)
			Expect(err).NotTo(HaveOccurred())
			Expect(len(whole)).To(BeNumerically("<=", maxReport), name)
			points := int32(0)
			for _, part := range r.Status.ScoreBreakdown {
				points += part.Points
			}
			Expect(points).To(Equal(r.Status.Score), name)
		}
		slices.Sort(sizes)
		AddReportEntry("bytes of spec and status", ReportEntryVisibilityAlways,
			fmt.Sprintf("median %d, largest %d, of %d reports", sizes[len(sizes)/2], sizes[len(sizes)-1], len(sizes)))
	})
})
