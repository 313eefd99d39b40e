# What people do with this repository; `make` alone lists it.
# Needs git, make and a Swift 6.2+ toolchain. Debian packages that are missing are installed (as root, or with sudo).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

UPSTREAM ?=
ARGS ?=
# Each event loop alone touches what is its own, so checks for overlapping accesses, here and in NIO, would only confirm
# the design; and the modules on the path of a command are one to the optimizer.
BUILD_FLAGS := -c release --static-swift-stdlib --product ocm \
	-Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization -Xlinker -s
OCM := .build/release/ocm
SOURCES := Sources Tests Package.swift
PYTHON_TESTS := Tests/IntegrationTests/clients $(addprefix Tests/,PythonClientTests SeedTests RESTTests DashboardTests \
	MetricsTests Deployment)

BUILD_PACKAGES := libhiredis-dev libyaml-dev zlib1g-dev pkg-config
TEST_PACKAGES := redis-server redis-tools openssl
MODEL_PACKAGES := spin gcc libc6-dev
IMAGE_PACKAGES := buildah debootstrap iproute2 util-linux

# Installs those of the packages $(1) that aren't there.
define install
missing=$$(for package in $(1); do \
	[ "$$(dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null)" = installed ] || echo $$package; done); \
if [ -n "$$missing" ]; then \
	echo "installing:" $$missing; \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$sudo apt-get -qq update; \
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq install -y --no-install-recommends $$missing >/dev/null; \
fi
endef

# Runs the tests in the directories $(1).
pytest = OCM_BINARY=$(CURDIR)/$(OCM) .build-python/bin/python -m pytest $(1)

.PHONY: help build-dependencies test-dependencies build run test test-swift python-tests test-clients test-rest \
	test-dashboard test-metrics test-deployment coherence soak bench conformance image image-check model lint format clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build-dependencies:
	@$(call install,$(BUILD_PACKAGES))

test-dependencies: build-dependencies
	@$(call install,$(TEST_PACKAGES))

build: build-dependencies ## build ocm for release
	swift build $(BUILD_FLAGS)

run: build ## serve; UPSTREAM=redis://host:port is the Redis to forward to, ARGS="…" are further options
	$(OCM) serve $(if $(UPSTREAM),--upstream '$(UPSTREAM)') $(ARGS)

test: test-swift test-clients test-rest test-dashboard test-metrics test-deployment coherence ## build and run every test

test-swift: build test-dependencies ## the tests written in Swift
	OCM_BINARY=$(CURDIR)/$(OCM) swift test

test-clients: python-tests ## real Redis clients and applications, through ocm; the Python client; the seed's examples
	$(call pytest,Tests/IntegrationTests/clients Tests/PythonClientTests Tests/SeedTests)

test-rest: python-tests ## the REST API from outside: every route, JSON texts, OpenAPI, hostile clients
	$(call pytest,Tests/RESTTests)

test-dashboard: python-tests ## the dashboard, in a real browser; screenshots in .build-screenshots
	$(call pytest,Tests/DashboardTests)

test-metrics: python-tests ## what a real Prometheus makes of the metrics, the alert rules and the dashboard
	$(call pytest,Tests/MetricsTests)

test-deployment: python-tests ## the files under docker/, and nginx before three ocm while one dies
	$(call pytest,Tests/Deployment)

python-tests: build test-dependencies
	Tests/PythonSupport/install.sh $(PYTHON_TESTS)

coherence: build test-dependencies ## the cache against what clients have been told, under load and faults, for 30 s
	Tests/Coherence/run.py --ocm $(OCM) --seconds 30 $(ARGS)

soak: build test-dependencies ## the same for 10 minutes
	Tests/Coherence/run.py --ocm $(OCM) --seconds 600 $(ARGS)

conformance: build test-dependencies ## Redis's own test suite, through ocm
	Tests/Conformance/run.py --ocm $(OCM) $(ARGS)

image: ## build the container image ocm, with docker or else buildah
	builder=$$(command -v docker >/dev/null && docker info >/dev/null 2>&1 && echo docker || echo buildah); \
	$$builder build $$([ $$builder = docker ] || echo --format docker) -f docker/Dockerfile -t ocm \
		--build-arg VERSION=$$(sed -n 's/.*current = "\(.*\)"/\1/p' Sources/ocm/Version.swift) \
		--build-arg REVISION=$$(git rev-parse HEAD) .

image-check: test-dependencies ## build the image without a container engine, and try it in namespaces
	@$(call install,$(IMAGE_PACKAGES))
	Tests/Image/run.py $(ARGS)

model: ## check the cache's coherence protocol exhaustively, and that no rule of it can go
	@$(call install,$(MODEL_PACKAGES))
	Tests/Model/check.py $(ARGS)

bench: build test-dependencies ## speed, side by side with Redis and other proxies, and memory
	Tests/Performance/bench.py --ocm $(OCM) $(ARGS)

# Comments are as long as they were written: swift format wraps code only.
lint: ## check the format of the Swift code
	swift format lint --strict --parallel --recursive $(SOURCES)
	! LC_ALL=C.UTF-8 grep -rnP --include='*.swift' '^(?= *//).{121}' $(SOURCES)

format: ## format the Swift code
	swift format --in-place --parallel --recursive $(SOURCES)

clean: ## remove everything that was built or fetched
	@! mountpoint -q .build-image/images/overlay || umount .build-image/images/overlay
	rm -rf .build .build-*
