package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// page is what the metrics endpoint answers.
type page struct {
	status int
	tls    uint16
	body   string
}

// get reads the metrics of an address such as https://127.0.0.1:8443. The manager's certificate is its own.
func get(ctx context.Context, address, token string) (page, error) {
	return ask(ctx, address+"/metrics", token, tls.VersionTLS13)
}

// ask asks for a URL with a token, by the newest TLS that is given.
func ask(ctx context.Context, url, token string, newest uint16) (page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return page{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MaxVersion: newest}, DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return page{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	answer := page{status: response.StatusCode, body: string(body)}
	if response.TLS != nil {
		answer.tls = response.TLS.Version
	}
	return answer, err
}

// scrape lists the lines of the metrics that an address serves to everybody.
func scrape(address string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		answer, err := get(ctx, address, "")
		return strings.Split(answer.body, "\n"), err
	}
}

var _ = Describe("Metrics", Ordered, ContinueOnFailure, func() {
	const namespace = "measured"
	var address string

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		bad := deployment(namespace, "bad", 1)
		privileged(&bad.Spec.Template.Spec)
		create(ctx, bad, deployment(namespace, "one", 1), deployment(namespace, "two", 1),
			&corev1.ServiceAccount{ObjectMeta: meta(namespace, "stranger")},
			&corev1.ServiceAccount{ObjectMeta: meta(namespace, "scraper")},
			&rbacv1.ClusterRoleBinding{
				ObjectMeta: meta("", "e2e-scraper"),
				RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "daysix-metrics-reader"},
				Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: "scraper"}},
			},
		)
		waitForPods(ctx, namespace, 3)
		listen := freeAddress()
		address = "https://" + listen
		startReadyManager(ctx, "--metrics-bind-address", listen)
		settled(ctx, namespace, "deployment-bad", 1)
	})

	token := func(ctx context.Context, serviceAccount string) string {
		GinkgoHelper()
		config, err := control.RestConfigFor(ctx, namespace, serviceAccount)
		Expect(err).NotTo(HaveOccurred())
		return config.BearerToken
	}

	It("are served by TLS 1.3 to those who may read them", func(ctx SpecContext) {
		for account, want := range map[string]int{
			"": http.StatusUnauthorized, "stranger": http.StatusForbidden, "scraper": http.StatusOK,
		} {
			bearer := ""
			if account != "" {
				bearer = token(ctx, account)
			}
			Eventually(func(g Gomega, ctx context.Context) {
				answer, err := get(ctx, address, bearer)
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(answer.status).To(Equal(want), "ServiceAccount %q", account)
				g.Expect(answer.tls).To(BeEquivalentTo(tls.VersionTLS13))
			}).WithContext(ctx).Should(Succeed())
		}
	})

	It("refuse what is no token, and leave nothing else open", func(ctx SpecContext) {
		for _, bearer := range []string{"made-up", "eyJhbGciOiJub25lIn0.e30."} {
			answer, err := get(ctx, address, bearer)
			Expect(err).NotTo(HaveOccurred())
			// controller-runtime answers 500 where the API server says what is wrong with a token.
			Expect(answer.status).To(BeElementOf(http.StatusUnauthorized, http.StatusInternalServerError), "token %q", bearer)
			Expect(answer.body).NotTo(ContainSubstring("daysix_"))
		}
		for _, path := range []string{"/", "/debug/pprof/heap", "/metrics/../debug/pprof/"} {
			answer, err := ask(ctx, address+path, token(ctx, "scraper"), tls.VersionTLS13)
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.status).To(BeElementOf(http.StatusForbidden, http.StatusNotFound), path)
		}
	})

	It("are not served by an older TLS", func(ctx SpecContext) {
		_, err := ask(ctx, address+"/metrics", token(ctx, "scraper"), tls.VersionTLS12)
		Expect(err).To(MatchError(ContainSubstring("protocol version")))
	})

	It("count the workloads and show the scores", func(ctx SpecContext) {
		bad := waitForReport(ctx, namespace, "deployment-bad")
		good := waitForReport(ctx, namespace, "deployment-one")
		answer, err := get(ctx, address, token(ctx, "scraper"))
		Expect(err).NotTo(HaveOccurred())
		var ours []string
		for line := range strings.SplitSeq(answer.body, "\n") {
			if strings.Contains(line, `namespace="measured"`) && strings.HasPrefix(line, "daysix_workload") {
				ours = append(ours, line)
			}
		}
		counts := map[string]int{"Critical": 0, "High": 0, "Medium": 0, "Low": 0, "Minimal": 0}
		counts[string(bad.Status.Severity)]++
		counts[string(good.Status.Severity)] += 2
		var want []string
		for severity, n := range counts {
			want = append(want, fmt.Sprintf(`daysix_workloads{namespace="measured",severity=%q} %d`, severity, n))
		}
		for name, score := range map[string]int32{"bad": bad.Status.Score, "one": good.Status.Score, "two": good.Status.Score} {
			want = append(want, fmt.Sprintf(`daysix_workload_score{kind="Deployment",namespace="measured",workload=%q} %d`, name, score))
		}
		Expect(ours).To(ConsistOf(want))
	})

	It("follow the conventions of Prometheus", func(ctx SpecContext) {
		answer, err := get(ctx, address, token(ctx, "scraper"))
		Expect(err).NotTo(HaveOccurred())
		problems, err := promlint.New(strings.NewReader(answer.body)).Lint()
		Expect(err).NotTo(HaveOccurred())
		var ours []promlint.Problem
		for _, problem := range problems {
			// The libraries export metrics of their own.
			if strings.HasPrefix(problem.Metric, "daysix_") {
				ours = append(ours, problem)
			}
		}
		Expect(ours).To(BeEmpty())
	})
})

var _ = Describe("An event", Ordered, func() {
	It("tells a workload when its severity rises, and not before", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "eventful")
		web := deployment(namespace, "web", 2)
		create(ctx, web)
		waitForPods(ctx, namespace, 2)
		startReadyManager(ctx)
		before := settled(ctx, namespace, "deployment-web", 2)
		notes := func(ctx context.Context) ([]string, error) {
			var list eventsv1.EventList
			err := admin.List(ctx, &list, client.InNamespace(namespace))
			var notes []string
			for i := range list.Items {
				if e := &list.Items[i]; e.ReportingController == "daysix" {
					regarding := e.Regarding.Kind + " " + e.Regarding.Name + "/" + string(e.Regarding.UID)
					notes = append(notes, e.Type+" "+e.Reason+" "+regarding)
				}
			}
			return notes, err
		}
		Consistently(notes).WithContext(ctx).Should(BeEmpty())
		update(ctx, web, func(d *appsv1.Deployment) { privileged(&d.Spec.Template.Spec) })
		want := []string{"Warning SeverityRaised Deployment web/" + string(web.UID)}
		Eventually(notes).WithContext(ctx).Should(Equal(want))
		Consistently(notes).WithContext(ctx).Should(Equal(want))
		after := waitForReport(ctx, namespace, "deployment-web")
		Expect(after.Status.Severity).NotTo(Equal(before.Status.Severity))
	})
})

var _ = Describe("The configuration", Ordered, func() {
	const namespace, left = "audited", "left-out"
	var file, metrics string

	write := func(lines string) {
		GinkgoHelper()
		content := "apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\n" + lines + "\n"
		// In one step, as the kubelet does it.
		Expect(os.WriteFile(file+".new", []byte(content), 0o600)).To(Succeed())
		Expect(os.Rename(file+".new", file)).To(Succeed())
	}

	BeforeAll(func(ctx SpecContext) {
		for _, name := range []string{newNamespace(ctx, namespace), newNamespace(ctx, left)} {
			create(ctx, deployment(name, "web", 1))
		}
		file = filepath.Join(GinkgoT().TempDir(), "config.yaml")
		metrics = freeAddress()
		write("excludedNamespaces: []")
		startReadyManager(ctx, "--config", file, "--metrics-bind-address", metrics, "--metrics-secure=false")
		waitForReport(ctx, namespace, "deployment-web")
		waitForReport(ctx, left, "deployment-web")
	})

	It("takes the reports of a namespace away that it leaves out", func(ctx SpecContext) {
		write("excludedNamespaces: [left-out]")
		Eventually(reportNames(left)).WithContext(ctx).Should(BeEmpty())
		Expect(reportNames(namespace)(ctx)).To(ConsistOf("deployment-web"))
	})

	It("stays in force where the file becomes wrong", func(ctx SpecContext) {
		write("excludedNamespace: [audited]")
		Eventually(scrape("http://" + metrics)).WithContext(ctx).Should(SatisfyAll(
			ContainElement(`daysix_config_reloads_total{result="failure"} 1`),
			ContainElement(`daysix_config_reloads_total{result="success"} 1`),
		))
		Consistently(reportNames(left)).WithContext(ctx).Should(BeEmpty())
		Expect(reportNames(namespace)(ctx)).To(ConsistOf("deployment-web"))
	})

	It("gives the reports back once the namespace is not left out any more", func(ctx SpecContext) {
		write("excludedNamespaces: []")
		Eventually(reportNames(left)).WithContext(ctx).Should(ConsistOf("deployment-web"))
	})
})
