# Millrace's few commands. Each needs a JDK >= 21, which bin/find-jdk looks for.
.DEFAULT_GOAL := help
MINUTES ?= 60
KILLS ?= 50

.PHONY: cluster demo demo-cluster test test-cluster test-metaflow bench bench-metaflow bench-cluster dev soak soak-cluster image clean help

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

cluster:
	@config=$${KUBECONFIG:-$$HOME/.kube/config}; test -f "$${config%%:*}" || \
	  { echo "No cluster: KUBECONFIG has to name the file that says how to reach one; see README.md, On Kubernetes." >&2; exit 1; }

demo: ## Build, start local mode, run the example flows, and show what happened
	@bin/demo

demo-cluster: cluster ## Run a flow document and the Metaflow training flow on pods of the cluster that KUBECONFIG names
	@bin/demo-cluster

test: ## Build everything and run every test that wants no cluster
	@bin/maven -B -ntp verify
	@clients/metaflow/run-tests -m "not cluster"

test-metaflow: ## Of these, only those of the Metaflow extension, unchanged flows in local mode included
	@bin/build
	@clients/metaflow/run-tests -m "not cluster"

test-cluster: cluster ## Run the tests that want a Kubernetes, on the one that KUBECONFIG names
	@bin/maven -B -ntp -Pcluster verify
	@KUBECONFIG=$${KUBECONFIG:-$$HOME/.kube/config} clients/metaflow/run-tests -m cluster -rs

bench: ## Measure latency and throughput on this machine
	@bin/bench

bench-metaflow: ## Measure Metaflow flows in local mode beside Metaflow's own runtime
	@bin/build
	@clients/metaflow/run-bench

bench-cluster: cluster ## Measure on the cluster of KUBECONFIG, by the audit log that AUDIT_LOG names
	@bin/bench-cluster

dev: ## Build what is needed and start local mode here (stop it with Ctrl-C)
	@bin/dev $(ARGS)

soak: ## Run flows and crashes for a while: make soak MINUTES=60
	@bin/soak $(MINUTES)

soak-cluster: cluster ## Kill schedulers and watchers on the cluster of KUBECONFIG: make soak-cluster KILLS=50
	@bin/maven -B -ntp -Pcluster -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=KillsClusterIT -Dfailsafe.failIfNoSpecifiedTests=false -Dmillrace.kills=$(KILLS) verify

image: ## Build the container images, without a container engine
	@bin/image

clean: ## Remove what was built
	@bin/maven -B -q clean
