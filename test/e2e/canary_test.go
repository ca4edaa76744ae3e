package e2e

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/cli"
)

// canary is a value that must not turn up anywhere, with the place where it is planted. It is too long for what a runtime puts on
// a stack, which nobody clears.
func canary(place string) string { return "canary-5e1d9a-" + place + strings.Repeat("-planted", 8) }

// outputs are the commands whose output is searched, each with every format that it has. A new format joins here.
func outputs(kubeconfig, namespace string) [][]string {
	cluster := []string{"--kubeconfig", kubeconfig}
	var all [][]string
	for _, command := range [][]string{
		{"scan", "-A", "-o", "table"},
		{"scan", "-A", "-o", "json"},
		{"scan", "-A", "-o", "yaml"},
		{"report", "-A", "-o", "html"},
		{"report", "-A", "-o", "json"},
		{"report", "-A", "-o", "sarif"},
		{"report", "-A", "-o", "junit"},
		{"top", "-A"},
		{"fix", "deployment/leaky", "-n", namespace, "-o", "strategic"},
		{"explain", "deployment/leaky", "-n", namespace, "-o", "table"},
		{"explain", "deployment/leaky", "-n", namespace, "-o", "json"},
		{"graph", "deployment/leaky", "-n", namespace, "-o", "dot"},
		{"graph", "deployment/leaky", "-n", namespace, "-o", "mermaid"},
		{"graph", "deployment/leaky", "-n", namespace, "-o", "json"},
		{"reach", "--to", "secret/" + namespace + "/vault", "-o", "json"},
		{"drain", "-l", "!none", "-o", "wide"},
		{"drain", "-l", "!none", "-o", "json"},
		{"whatif", "-A", "--enforce", "restricted", "-o", "wide"},
		{"whatif", "-A", "--enforce", "restricted", "-o", "json"},
	} {
		all = append(all, append(command, cluster...))
	}
	return all
}

var _ = Describe("A secret value", Ordered, ContinueOnFailure, func() {
	const namespace = "canaries"
	// places are those where people keep secrets, wrongly or rightly.
	places := []string{
		"secret", "configmap", "environment", "url", "hosts", "arguments", "annotation", "applied", "applied-template", "probe", "hook",
		"volume", "repository",
	}
	var (
		running *manager
		metrics string
		// profiles is where a collection can be asked for.
		profiles string
		planted  []string
	)
	for _, place := range places {
		planted = append(planted, canary(place), base64.StdEncoding.EncodeToString([]byte(canary(place))))
	}

	clean := func(where, text string) {
		GinkgoHelper()
		Expect(text).NotTo(BeEmpty(), where)
		for _, value := range planted {
			Expect(text).NotTo(ContainSubstring(value), where)
		}
	}

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		web := deployment(namespace, "leaky", 1)
		web.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: canary("applied")}
		web.Spec.Template.Annotations = map[string]string{
			corev1.LastAppliedConfigAnnotation: canary("applied-template"), "example.com/note": canary("annotation"),
		}
		leak(&web.Spec.Template.Spec)
		create(ctx,
			&corev1.Secret{ObjectMeta: meta(namespace, "vault"), Data: map[string][]byte{"password": []byte(canary("secret"))}},
			&corev1.ConfigMap{ObjectMeta: meta(namespace, "settings"), Data: map[string]string{"password": canary("configmap")}},
			web,
		)
		waitForPods(ctx, namespace, 1)
		metrics, profiles = freeAddress(), freeAddress()
		// What the collector frees is overwritten at once: what is found then is held.
		running = startManagerIn([]string{"GODEBUG=clobberfree=1"},
			"--metrics-bind-address", metrics, "--metrics-secure=false", "--pprof-bind-address", profiles)
		running.waitReady(ctx)
		settled(ctx, namespace, "deployment-leaky", 1)
		// A severity that rises makes an event.
		update(ctx, web, func(d *appsv1.Deployment) { privileged(&d.Spec.Template.Spec) })
		Eventually(func(ctx context.Context) ([]string, error) {
			r, err := report(namespace, "deployment-leaky")(ctx)
			if r == nil || err != nil {
				return nil, err
			}
			return checks(r), nil
		}).WithContext(ctx).Should(ContainElements("PrivilegedContainer", "CredentialInSpec"))
		Expect(control.ApplyYAML(ctx, quotingPolicy(namespace))).To(Succeed())
		Eventually(func(ctx context.Context) (string, error) {
			r, err := report(namespace, "deployment-leaky")(ctx)
			if r == nil || err != nil {
				return "", err
			}
			return condition(r, "Restartable"), nil
		}).WithContext(ctx).Should(Equal("Unknown LiteralsNotKept"), "what the policy quotes is not known")
	})

	It("is in no report, log, metric or event", func(ctx SpecContext) {
		items, err := reports(ctx, "")
		Expect(err).NotTo(HaveOccurred())
		said, err := json.Marshal(items)
		Expect(err).NotTo(HaveOccurred())
		clean("reports", string(said))
		Expect(string(said)).To(ContainSubstring("db.example.com:443"), "the argument with the password was read")
		log, err := running.log()
		Expect(err).NotTo(HaveOccurred())
		clean("log", log)
		series, err := get(ctx, "http://"+metrics, "")
		Expect(err).NotTo(HaveOccurred())
		clean("metrics", series.body)
		var ours []eventsv1.Event
		Eventually(func(g Gomega) {
			var list eventsv1.EventList
			g.Expect(admin.List(ctx, &list)).To(Succeed())
			ours = nil
			for i := range list.Items {
				if list.Items[i].ReportingController == "daysix" && list.Items[i].Regarding.Name == "leaky" {
					ours = append(ours, list.Items[i])
				}
			}
			g.Expect(ours).NotTo(BeEmpty())
		}).Should(Succeed())
		told, err := json.Marshal(ours)
		Expect(err).NotTo(HaveOccurred())
		clean("events", string(told))
	})

	// What stands in a pod is sent to whoever watches pods, and is taken out before it is kept. What stands in a Secret or a
	// ConfigMap never gets to the process.
	It("of a Secret or a ConfigMap never was in the manager's memory", func() {
		held, err := inMemory(running.Pid(), "leaky", canary("secret"), canary("configmap"),
			base64.StdEncoding.EncodeToString([]byte(canary("secret"))))
		Expect(err).NotTo(HaveOccurred())
		Expect(held).To(Equal([]string{"leaky"}), "the name of the workload is known, and no value is")
	})

	// A policy may read arguments and annotations, so that they are kept: what is looked for is found where it is.
	It("that stands in a pod is taken out of what is kept of the pod", func(ctx SpecContext) {
		kept := []string{canary("annotation"), canary("arguments")}
		sent := []string{
			canary("environment"), canary("url"), canary("hosts"), canary("applied"), canary("applied-template"), canary("probe"),
			canary("hook"), canary("volume"), canary("repository"),
		}
		// Elsewhere, for the policy refuses every new pod here.
		padding := deployment(newNamespace(ctx, "canaries-padding"), "padding", 1)
		create(ctx, padding)
		round := 0
		Eventually(func(g Gomega, ctx context.Context) {
			// The buffers of connections hold what came last, until more comes.
			round++
			g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(padding), padding)).To(Succeed())
			padding.Spec.Template.Annotations = map[string]string{"example.com/padding": strings.Repeat(strconv.Itoa(round), 100<<10)}
			g.Expect(admin.Update(ctx, padding)).To(Succeed())
			// What a pool holds survives one collection.
			for range 2 {
				answer, err := ask(ctx, "http://"+profiles+"/debug/pprof/heap?gc=1", "", tls.VersionTLS13)
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(answer.status).To(Equal(http.StatusOK))
			}
			held, err := inMemory(running.Pid(), append(kept, sent...)...)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(held).To(ConsistOf(kept))
		}).WithContext(ctx).WithPolling(time.Second).Should(Succeed())
	})

	It("is in no output of the command line", func(ctx SpecContext) {
		for _, args := range outputs(control.Kubeconfig(), namespace) {
			streams, _, out, errOut := genericiooptions.NewTestIOStreams()
			code := cli.Run(ctx, streams, args)
			Expect(code).To(BeElementOf(0, 2), "%v: %s", args, errOut.String())
			clean(strings.Join(args, " "), out.String())
			Expect(errOut.String()).NotTo(ContainSubstring("canary-5e1d9a"))
		}
	})
})

// leak puts a canary wherever a pod can hold a secret, and refers to those that are kept elsewhere.
func leak(spec *corev1.PodSpec) {
	header := func(place string) *corev1.HTTPGetAction {
		return &corev1.HTTPGetAction{
			Path: "/", Port: intstr.FromInt32(8080), HTTPHeaders: []corev1.HTTPHeader{{Name: "Authorization", Value: canary(place)}},
		}
	}
	c := &spec.Containers[0]
	c.Args = []string{"--password=" + canary("arguments"), "https://user:" + canary("arguments") + "@db.example.com"}
	c.Env = []corev1.EnvVar{
		{Name: "DB_PASSWORD", Value: canary("environment")},
		{Name: "DB_HOST", Value: "db.example.com," + canary("hosts")},
		{Name: "DATABASE_URL", Value: "postgres://user:" + canary("url") + "@db/shop"},
		{Name: "FROM_SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: "vault"}, Key: "password",
		}}},
	}
	c.EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}}
	c.LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: header("probe")}}
	c.Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{HTTPGet: header("hook")}}
	spec.Volumes = []corev1.Volume{
		{Name: "csi", VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{
			Driver: "csi.example.com", VolumeAttributes: map[string]string{"password": canary("volume")},
		}}},
		{Name: "secret", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "vault"}}},
		{Name: "git", VolumeSource: corev1.VolumeSource{GitRepo: &corev1.GitRepoVolumeSource{
			Repository: "https://user:" + canary("repository") + "@git.example.com/shop",
		}}},
	}
}

// quotingPolicy refuses every pod of a namespace from now on, and quotes a literal of it.
func quotingPolicy(namespace string) string {
	return `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: e2e-quoting}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ` + namespace + `}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations:
  - {expression: "object.spec.containers[0].env[0].value == ''", messageExpression: "'It has ' + object.spec.containers[0].env[0].value"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: e2e-quoting}
spec: {policyName: e2e-quoting, validationActions: [Deny]}
`
}
