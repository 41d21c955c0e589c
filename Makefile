# `make` alone lists the targets. Each target calls a tool of tools/, which can also be called directly.
# AMI_CACHE (default .cache) has fetched and built dependencies, CARGO_TARGET_DIR (default target) the build results.

.DEFAULT_GOAL := help
.PHONY: help demo demo-asterisk build test test-rust test-phpt test-php test-laravel test-cluster test-real \
  bench test-netns sim fuzz fuzz-smoke soak soak-smoke coverage mutants test-long test-install asan valgrind \
  php-debug php-zts php-next release check fmt clean

help: ## prints this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: ## runs a PHP script with three fake Asterisk servers
	@tools/demo fake

demo-asterisk: ## runs the same script with real Asterisk 22 and 16
	@tools/demo asterisk

build: ## builds the extension and fake-asterisk in release mode
	@tools/build

test: ## runs every suite and prints one closing line
	@tools/test

test-rust: ## runs the Rust suites
	@tools/test rust

test-phpt: ## runs the extension's phpt files
	@tools/test phpt

test-php: ## runs the PHPUnit tests of the extension and the library
	@tools/test php

test-laravel: ## tests the Laravel adapter on Laravel 13 and 10
	@tools/test laravel

test-cluster: ## kills and restarts Laravel workers of 12 servers for two minutes
	@tools/laravel -l 13 --group cluster "$(CURDIR)/laravel-adapter/tests"

test-real: ## runs the PHPUnit tests with real Asterisk 16 and 22
	@tools/test real

test-install: ## tests every way to install, each in a clean Debian 13 (needs root)
	@tools/test-install

asan: ## runs the phpt files under AddressSanitizer, with leak detection
	@tools/asan

valgrind: ## runs the phpt files under valgrind, with leak detection
	@tools/valgrind

php-debug: ## runs the phpt files on a thread-safe debug build of PHP, built from Debian's sources
	@tools/with-php debug tools/phpt

php-zts: ## runs a program that embeds a thread-safe PHP (eight threads, three starts), and the phpt files on that PHP
	@tools/with-php zts tools/embed
	@tools/with-php zts tools/phpt

php-next: ## runs the phpt files on PHP 8.5
	@tools/with-php 8.5 tools/phpt

release: ## makes the published files of the last commit in target/release-files
	@tools/release "$${CARGO_TARGET_DIR:-target}/release-files"

bench: ## measures everything and its baselines, in some five minutes
	@tools/bench

test-netns: ## tests faults of a real network path, in network namespaces (needs root)
	@tools/netns

sim: ## runs the simulations for SEEDS=10000 seeds (default 1000), or for SEED=17 only
	@tools/sim

fuzz-smoke: ## runs every fuzz target for some seconds
	@tools/fuzz smoke

fuzz: ## runs every fuzz target, or TARGET=framer, for TIME=600 seconds each
	@tools/fuzz run

soak-smoke: ## runs two minutes of load, errors and reconnects; memory must not grow
	@tools/soak smoke

soak: ## sends the events of HOURS=24 hours on ten servers, as fast as possible
	@tools/soak

coverage: ## measures line and branch coverage of wire, correlation and routing
	@tools/coverage

mutants: ## runs mutation tests of the same modules
	@tools/mutants

test-long: ## tests mixed calls for half an hour, then the live model, on real Asterisk 16 and 22
	@tools/test-long

check: ## checks formatting, lints, documentation, generated files, pecl's package, licences and instruction counts
	@tools/check

fmt: ## formats Rust and PHP
	cargo fmt --all
	tools/mago format

clean: ## removes build results and keeps the cache
	cargo clean
