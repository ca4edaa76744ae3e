package main

import (
	"errors"
	"flag"
	"fmt"

	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

// kubeconfigFlag is registered by controller-runtime.
const kubeconfigFlag = "kubeconfig"

// options are the flags of the manager and what follows from them.
type options struct {
	configFile              string
	metricsAddress          string
	metricsSecure           bool
	metricsCertDir          string
	healthAddress           string
	pprofAddress            string
	leaderElect             bool
	leaderElectionNamespace string
	concurrency             int
	qps                     float64
	burst                   int
	log                     zap.Options

	flags      *flag.FlagSet
	restConfig *rest.Config
}

func newOptions() *options { return &options{} }

func (o *options) addFlags(flags *flag.FlagSet) {
	o.flags = flags
	flags.StringVar(&o.configFile, "config", "", "File with the AuditConfiguration; reloaded when it changes. Empty: defaults.")
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0", "Address that metrics are served on, such as :8443. 0: none.")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true, "Serve metrics by TLS to authenticated and authorized clients only.")
	flags.StringVar(&o.metricsCertDir, "metrics-cert-dir", "", "Directory with tls.crt and tls.key for metrics. Empty: self-signed.")
	flags.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081", "Address that /healthz and /readyz are served on. 0: none.")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0", "Address that profiles are served on. 0: none.")
	flags.BoolVar(&o.leaderElect, "leader-elect", false,
		"Publish only while holding the lease. On by default in a cluster, off by default with --kubeconfig.")
	flags.StringVar(&o.leaderElectionNamespace, "leader-election-namespace", "", "Namespace of the lease. Empty: that of the pod.")
	flags.IntVar(&o.concurrency, "concurrency", 16, "Workloads that are assessed and published at the same time.")
	flags.Float64Var(&o.qps, "kube-api-qps", 200, "Requests a second to the API server.")
	flags.IntVar(&o.burst, "kube-api-burst", 400, "Requests to the API server in a burst.")
	o.log.BindFlags(flags)
}

// complete checks the flags against one another and finds the cluster.
func (o *options) complete() error {
	if o.concurrency < 1 {
		return fmt.Errorf("flag --concurrency: %d is not 1 or more", o.concurrency)
	}
	if o.qps <= 0 || o.burst < 1 {
		return errors.New("flags --kube-api-qps and --kube-api-burst: both have to be positive")
	}
	given := map[string]bool{}
	o.flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if !given["leader-elect"] {
		o.leaderElect = !given[kubeconfigFlag]
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("finding the cluster: %w", err)
	}
	config.QPS, config.Burst = float32(o.qps), o.burst
	o.restConfig = config
	return nil
}
