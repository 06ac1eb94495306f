# make demo     a whole federation of real processes on this machine, on bundled data
# make test     all tests
# make check    everything that must be clean before a change goes in
# make bench    benchmarks
# make release  stripped programs in dist/
# make clean    removes what was built

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
# XCTest is not used: without this its empty run is reported too.
TEST_FLAGS ?= --disable-xctest
RELEASE_FLAGS ?= -c release
# Programs that `make release` puts into dist/.
PROGRAMS := atoll atoll-site atoll-aggregator
# Sanitized builds have their own folders, so that they and the plain build leave each other's objects alone.
SCRATCH := .build

.PHONY: help bootstrap demo test check check-scripts check-tidy check-format check-imports check-dependencies \
	check-generated check-thread check-address check-peer bench release clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

bootstrap:
	@scripts/bootstrap

demo: bootstrap
	$(SWIFT) build $(RELEASE_FLAGS)
	.build/release/atoll demo

test: bootstrap
	$(SWIFT) test $(TEST_FLAGS)

check: check-scripts check-tidy check-format check-imports check-generated check-dependencies \
	check-peer check-thread check-address
	@echo "check: clean"

check-scripts:
	@scripts/check-scripts

check-tidy:
	@scripts/check-tidy

check-format:
	@scripts/check-format

check-imports:
	@scripts/check-imports

check-generated:
	@scripts/check-generated

# An import of a module that the target does not declare is an error.
check-dependencies: bootstrap
	$(SWIFT) build --explicit-target-dependency-import-check error

check-thread: bootstrap
	$(SWIFT) test $(TEST_FLAGS) --sanitize=thread --scratch-path $(SCRATCH)/thread

check-address: bootstrap
	$(SWIFT) test $(TEST_FLAGS) --sanitize=address --scratch-path $(SCRATCH)/address

# The channel against an independent implementation of Noise; says so where it cannot be had.
check-peer: bootstrap
	scripts/noise-peer/run

bench: bootstrap
	$(SWIFT) package --package-path Benchmarks benchmark

release:
	@scripts/bootstrap --release
	scripts/build-release $(PROGRAMS)

clean:
	rm -rf .build dist Benchmarks/.build
