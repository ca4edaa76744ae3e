SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO ?= go
TOOLS := $(CURDIR)/bin/tools
# Where goroutines share state. The rest is pure, and slow under the race detector, which needs a C compiler too.
RACE_PACKAGES := ./controllers/... ./internal/attackgraph/... ./internal/config/... ./internal/metrics/... ./internal/netpol/... ./internal/publish/... ./internal/rbac/... ./internal/snapshot/...
ASSETS = $${KUBEBUILDER_ASSETS:-$(CURDIR)/bin/k8s}
RACE ?= $(shell command -v gcc || command -v cc || command -v clang)
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

##@ General

.PHONY: help
help: ## Show this list.
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Build and run

.PHONY: build
build: ## Build bin/manager and bin/kubectl-daysix.
	@# Neither the directory nor the state of the repository gets into a binary: see make reproducible.
	CGO_ENABLED=0 GOWORK=off $(GO) build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o bin/ ./cmd/manager ./cmd/kubectl-daysix
	@cp cmd/kubectl-daysix/kubectl_complete-daysix bin/

.PHONY: krew
krew: ## Pack kubectl-daysix for every platform, with the manifest for krew, into dist/krew: make krew VERSION=v1.2.3.
	$(GO) run ./hack/krew -version "$(VERSION)" -out dist/krew

.PHONY: man
man: ## Write pages of man for kubectl-daysix into dist/man.
	SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)}" $(GO) run ./hack/clidocs -man dist/man

.PHONY: control-plane
control-plane: ## Build a Kubernetes control plane into bin/k8s; minutes the first time. KUBEBUILDER_ASSETS names another.
	@hack/control-plane.sh

.PHONY: prometheus
prometheus: ## Put Prometheus and promtool into bin/prometheus, for test/monitoring. PROMETHEUS_BIN names others.
	@hack/prometheus.sh

.PHONY: demo
demo: ## Show the reports of sample workloads on a real control plane, until Ctrl-C. DEMO_EXIT=1 ends after printing.
	@echo "demo: compiling" >&2
	@$(GO) build -o $(TOOLS)/demo ./hack/demo
	@exec $(TOOLS)/demo

.PHONY: run
run: ## Run the manager against the cluster of KUBECONFIG.
	$(GO) run ./cmd/manager --kubeconfig "$${KUBECONFIG:-$$HOME/.kube/config}" --metrics-secure=false

.PHONY: docker-build
docker-build: ## Build the image IMG.
	docker build --build-arg VERSION=$(VERSION) --tag "$${IMG:?set IMG to the name of the image}" .

##@ Check

.PHONY: test
test: test-go test-oracle test-browser test-dashboards test-faults verify lint ## Run everything that CI checks. Writes nothing into the tree.

.PHONY: test-go
test-go: control-plane prometheus $(TOOLS)/.built $(TOOLS)/helm ## Run the Go tests, against a real API server where they need one.
	$(GO) vet ./...
	$(GO) list ./... | grep -v /test/ | KUBEBUILDER_ASSETS="$(ASSETS)" KUBE_CACHE_MUTATION_DETECTOR=true xargs $(GO) test -timeout 40m
	@# One at a time: each runs a control plane, and measures how soon a report follows.
	KUBEBUILDER_ASSETS="$(ASSETS)" KUBE_CACHE_MUTATION_DETECTOR=true $(GO) test -p 1 -timeout 40m ./test/...
	@if [ -n "$(RACE)" ]; then set -x; $(GO) test -race -timeout 20m $(RACE_PACKAGES); fi

.PHONY: test-chart
test-chart: control-plane $(TOOLS)/.built $(TOOLS)/helm ## Run Helm on the chart: lint, template, install, upgrade, uninstall. Part of test-go.
	KUBEBUILDER_ASSETS="$(ASSETS)" $(GO) test -count=1 ./test/chart

.PHONY: test-oracle
test-oracle: ## Compare the RBAC index with the API server's authorizer, the network index with cyclonus, in modules of their own.
	GOWORK=off $(GO) -C test/oracle/rbac test ./...
	GOWORK=off $(GO) -C test/oracle/netpol test ./...

.PHONY: test-browser
test-browser: ## Look at the HTML report in a headless Chromium. CHROME names one; root gets Debian's where there is none.
	CHROME="$$(hack/chromium.sh)" GOWORK=off $(GO) -C test/browser test ./...

.PHONY: test-dashboards
test-dashboards: ## Hold the dashboards against Grafana's schema, in a module of their own.
	GOWORK=off $(GO) -C hack/dashboards test ./...

.PHONY: test-faults
test-faults: control-plane ## Break what the manager depends on, the quick faults alone; make faults takes all of them.
	KUBEBUILDER_ASSETS="$(ASSETS)" KUBE_CACHE_MUTATION_DETECTOR=true GOWORK=off $(GO) -C test/faults test -count=1 -short -timeout 20m ./...

.PHONY: faults
faults: control-plane ## Break what the manager depends on in every way, and write how long it took to recover into docs/reliability.md.
	KUBEBUILDER_ASSETS="$(ASSETS)" KUBE_CACHE_MUTATION_DETECTOR=true GOWORK=off \
	  $(GO) -C test/faults test -count=1 -v -timeout 40m ./... -page $(CURDIR)/docs/reliability.md

.PHONY: bench
bench: control-plane ## Run the benchmarks and print one table.
	@KUBEBUILDER_ASSETS="$(ASSETS)" \
	  $(GO) test -run '^$$' -bench . -benchmem -timeout 60m ./... | hack/bench-table.sh

.PHONY: test-compat
test-compat: ## Run the suites that need a control plane against Kubernetes 1.34, the oldest version that is supported.
	KUBERNETES=1.34 hack/control-plane.sh
	KUBEBUILDER_ASSETS="$(CURDIR)/bin/k8s-1.34" KUBE_CACHE_MUTATION_DETECTOR=true $(GO) test -timeout 40m \
	  ./internal/testing/cluster/... ./internal/loader/... ./internal/admission/... ./test/e2e/... ./test/oracle/...

.PHONY: scale
scale: control-plane ## Measure the manager over a cluster of SIZE s, m or l (1,500, 15,000, 150,000 pods) and check the figures.
	KUBEBUILDER_ASSETS="$(ASSETS)" $(GO) run ./test/scale -size $${SIZE:-s} -page docs/performance.md

.PHONY: soak
soak: control-plane ## Keep the manager busy for FOR (30m) over a cluster of SIZE and fail where it grows, or where a report is not current.
	KUBEBUILDER_ASSETS="$(ASSETS)" $(GO) run ./test/scale -size $${SIZE:-s} -soak $${FOR:-30m} -page docs/performance.md

.PHONY: fuzz
fuzz: ## Run each fuzzer for FUZZTIME, 20s unless it is set. What is found is kept in testdata/fuzz.
	@hack/fuzz.sh

.PHONY: verify
verify: $(TOOLS)/.built ## Check that generated files, modules and formatting are current.
	@hack/verify.sh

.PHONY: lint
lint: ## Run the linters of hack/lint and hack/dockerlint.
	@if [ -d hack/lint ]; then hack/lint/build.sh $(TOOLS)/golangci-lint && $(TOOLS)/golangci-lint run ./...; fi
	@if [ -d hack/dockerlint ]; then $(GO) -C hack/dockerlint run . $(CURDIR)/Dockerfile; fi

##@ Generate

.PHONY: generate
generate: $(TOOLS)/.built ## Write deepcopy functions, apply configurations, the API reference and whatever go:generate names.
	$(TOOLS)/controller-gen object:headerFile=hack/boilerplate.go.txt applyconfiguration:headerFile=hack/boilerplate.go.txt paths=./api/...
	@# The tool writes what it does to stderr as information.
	@$(TOOLS)/crd-ref-docs --log-level=ERROR --source-path=api/v1alpha1 --config=hack/apidocs/config.yaml --renderer=markdown --output-path=docs/api.md
	$(GO) generate ./...

.PHONY: manifests
manifests: $(TOOLS)/.built ## Write the CRDs and the manager's role from the markers in the code.
	$(TOOLS)/controller-gen crd paths=./api/... output:crd:artifacts:config=config/crd/bases
	@# A generator without an input would print usage: the loops come with their markers.
	@if ls controllers/*.go >/dev/null 2>&1; then \
	  $(TOOLS)/controller-gen rbac:roleName=manager-role paths=./controllers/... output:rbac:artifacts:config=config/rbac; fi

.PHONY: chart
chart: $(TOOLS)/.built ## Write the Helm chart charts/daysix from config/.
	@$(GO) run ./hack/chart $(TOOLS)/kustomize .

.PHONY: deploy-manifests
deploy-manifests: $(TOOLS)/.built ## Render config/default into dist/install.yaml, with the image IMG where it is set.
	@hack/deploy-manifests.sh

##@ Supply chain

.PHONY: licenses
licenses: ## List the modules in the binaries with their licences, in dist/licenses. One that is not allowed fails.
	@hack/supplychain/build.sh && $(TOOLS)/licenses . dist/licenses

.PHONY: reproducible
reproducible: ## Build twice, in two places with two caches, and compare. Some minutes.
	@VERSION=$(VERSION) hack/reproducible.sh

.PHONY: sbom
sbom: build ## Write the bill of materials of each binary (CycloneDX) into dist.
	@VERSION=$(VERSION) hack/sbom.sh

.PHONY: vulncheck
vulncheck: ## Look for known vulnerabilities in what the binaries reach. GOVULNDB names another database.
	@hack/vulncheck.sh

##@ Housekeeping

.PHONY: clean
clean: ## Remove what was built, but for the control plane.
	rm -rf dist bin/tools bin/manager bin/kubectl-daysix

$(TOOLS)/.built: hack/tools/go.mod hack/tools/go.sum
	@echo "building the tools of hack/tools" >&2
	@mkdir -p $(TOOLS)
	@GOWORK=off CGO_ENABLED=0 $(GO) -C hack/tools build -trimpath -ldflags "-s -w" -o $(TOOLS)/ tool
	@touch $@

$(TOOLS)/helm: hack/helm/go.mod hack/helm/go.sum
	@echo "building Helm" >&2
	@mkdir -p $(TOOLS)
	@GOWORK=off CGO_ENABLED=0 $(GO) -C hack/helm build -trimpath -ldflags "-s -w" -o $(TOOLS)/ tool
	@touch $@
