# Everything from a fresh Debian 12 with git, make and the Swift toolchain.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CHECK := --explicit-target-dependency-import-check error
DEBUG := .build/debug
RELEASE := .build/release
# How many tests run beside one another: more would wait for processors until limits of time pass.
WIDTH := 8

.PHONY: help setup build run test lint bench fuzz soak clean

help: ## Says what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## Installs what building and testing need (Debian packages, a Python environment)
	@scripts/setup

build: ## Builds the release of caveatd and caveat
	@scripts/setup build
	@echo "Building the release: 6 to 15 minutes the first time on two cores, seconds after that."
	swift build -c release --static-swift-stdlib $(CHECK) --product caveatd
	swift build -c release --static-swift-stdlib $(CHECK) --product caveat

run: build ## Builds the release once and starts the trial exchange (LISTEN=127.0.0.1:0)
	@exec $(RELEASE)/caveatd trial $(if $(LISTEN),--listen $(LISTEN))

test: setup ## Builds for debugging and runs every test
	@echo "Building for tests: 4 to 12 minutes the first time on two cores, seconds after that."
	CAVEAT_BENCH=1 swift build --build-tests $(CHECK)
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(WIDTH) swift test --skip-build
	CAVEATD=$(DEBUG)/caveatd CAVEAT=$(DEBUG)/caveat .venv/bin/python -m pytest -q Tests/Clients

lint: ## Checks the format, the tree and the service unit
	@scripts/lint

bench: build ## Measures speed as ratios in one run (about 25 minutes; QUICK=1 for 4)
	@scripts/setup bench
	Benchmarks/run $(if $(QUICK),--quick)

fuzz: setup ## Fuzzes the readers of JSON and STIX, and screening (SECONDS_EACH=120)
	@scripts/fuzz $(or $(SECONDS_EACH),120)

soak: setup ## Crash histories at full length: 50 kills (KILLS=n), and 50,000 worlds of exchanges and ledgers (WORLDS=n)
	swift build --build-tests $(CHECK)
	CAVEAT_WORLDS=$(or $(WORLDS),50000) CAVEAT_HISTORIES=200 swift test --skip-build \
		--filter 'FederationWorldTests|LedgerWorldTests|LedgerInvariantTests|ContributionHistoryTests|TwinHistoryTests'
	CAVEATD=$(DEBUG)/caveatd CAVEAT=$(DEBUG)/caveat CAVEAT_KILLS=$(or $(KILLS),50) \
		.venv/bin/python -m pytest -q -s Tests/Clients/test_crash.py

clean: ## Removes everything that was built
	rm -rf .build .build-* .venv
