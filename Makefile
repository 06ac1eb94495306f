# make demo     a whole federation of real processes on this machine, on bundled data
# make test     all tests
# make check    everything that must be clean before a change goes in
# make torture  2,000 processes of real runs killed, and both sides compared: half an hour
# make bench    benchmarks
# make bench-long-study  a real aggregator's memory over a million updates, and its start after them: five minutes
# make bench-state  an aggregator's start, memory and files after a million updates: minutes, and 1 GB of disk
# make experiments  docs/experiments.md with its pictures, from data and seeds: ten minutes; ONLY=table-1 for a part
# make peers    the privacy accountants side by side with another implementation
# make release  stripped programs in dist/
# make packages Debian packages of them in dist/
# make check-packages  installs these on a fresh Debian 12 in a folder, uses and removes them
# make clean    removes what was built

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
# XCTest is not used: without this its empty run is reported too.
TEST_FLAGS ?= --disable-xctest
# Tests with deadlines, of sockets, services and whole programs: one at a time, after all others. Swift's concurrency
# has a thread for each core, and a test that computes for seconds would hold them all.
TIMED_TARGETS := AggregatorService|LocalFederation|OperatorEndpoint|ServiceProcess|Transport
TIMED_TESTS := ^($(TIMED_TARGETS))Tests[.]
# The Swift runtime is linked in: the programs need no toolchain, and take 6 MiB less memory than with shared ones.
RELEASE_FLAGS ?= -c release --static-swift-stdlib
# Programs that `make release` puts into dist/.
PROGRAMS := atoll atoll-site atoll-aggregator atoll-audit
# The experiments that `make experiments` runs, separated by commas; all where it is empty.
ONLY ?=
# What `make bench` and `make bench-state` add to their command lines, such as `--filter prox`.
BENCH ?=

.PHONY: help bootstrap programs demo test torture check check-scripts check-units check-tidy check-format \
	check-imports check-dependencies check-generated check-deploy check-operator check-packages \
	check-thread check-address check-peer bench bench-long-study bench-state experiments peers release \
	packages clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

bootstrap:
	@scripts/bootstrap

# One after the other: a build of everything compiles protobuf's own compiler too, which nothing here runs.
programs: bootstrap
	for program in $(PROGRAMS); do $(SWIFT) build $(RELEASE_FLAGS) --product "$$program"; done

demo: programs
	.build/release/atoll demo
	.build/release/atoll-audit verify runs/demo
	.build/release/atoll-audit statement runs/demo

test: bootstrap
	$(SWIFT) build --build-tests
	@SWIFT="$(SWIFT)" scripts/run-tests '$(TIMED_TESTS)' $(TEST_FLAGS)

# ATOLL_TORTURE_SEED chooses another course.
torture: bootstrap
	ATOLL_TORTURE_KILLS=2000 $(SWIFT) test $(TEST_FLAGS) --filter TortureTests

check: check-scripts check-units check-tidy check-format check-imports check-generated check-dependencies \
	check-deploy check-operator check-peer check-thread check-address
	@echo "check: clean"

check-scripts:
	@scripts/check-scripts

# The systemd units in systemd's own judgement; says so where it is not installed.
check-units:
	@scripts/check-units

check-tidy:
	@scripts/check-tidy

check-format:
	@scripts/check-format

check-imports:
	@scripts/check-imports

check-generated:
	@scripts/check-generated

check-dependencies:
	@scripts/check-dependencies

# The walk-through of docs/deploy.md, run as it stands there.
check-deploy: bootstrap
	$(SWIFT) build
	scripts/check-deploy .build/debug

# The status page in a browser and the metrics in Prometheus's own judgement; says so where these cannot be had.
check-operator: bootstrap
	$(SWIFT) build
	scripts/check-operator .build/debug

check-thread: bootstrap
	scripts/check-sanitizer thread

check-address: bootstrap
	scripts/check-sanitizer address

# The channel against an independent implementation of Noise; says so where it cannot be had.
check-peer: bootstrap
	scripts/noise-peer/run

bench: bootstrap
	$(SWIFT) build -c release --package-path Benchmarks --product atoll-benchmarks
	Benchmarks/.build/release/atoll-benchmarks --commit "$$(git describe --always --dirty)" $(BENCH)

bench-long-study: programs
	Benchmarks/long-study/run

bench-state: bootstrap
	$(SWIFT) build -c release --package-path Benchmarks --product atoll-state-benchmark
	Benchmarks/.build/release/atoll-state-benchmark $(BENCH)

experiments: bootstrap
	$(SWIFT) build $(RELEASE_FLAGS) --product atoll-experiments
	.build/release/atoll-experiments --data "$${ATOLL_DATA:-../shared/data}" $(if $(ONLY),--only $(ONLY))

peers: bootstrap
	Benchmarks/peers/run

release:
	@scripts/bootstrap --release
	scripts/build-release $(PROGRAMS)
	scripts/check-linking $(addprefix dist/,$(PROGRAMS))

packages: release
	scripts/build-packages

check-packages: packages
	scripts/check-packages

clean:
	rm -rf .build dist Benchmarks/.build
