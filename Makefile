# One command for everything; `make` alone lists them. Each target is a tool of tools/ that also runs by itself.
# AMI_CACHE (default .cache) keeps what is costly, CARGO_TARGET_DIR (default target) what is built.

.DEFAULT_GOAL := help
.PHONY: help demo demo-asterisk build test test-rust test-phpt test-php test-laravel test-cluster test-real \
  bench test-netns sim fuzz fuzz-smoke soak soak-smoke coverage mutants test-long test-install asan valgrind \
  php-debug php-zts php-next release check fmt clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: ## a PHP script drives three fake Asterisk servers
	@tools/demo fake

demo-asterisk: ## the same against real Asterisk 22 and 16
	@tools/demo asterisk

build: ## the extension and fake-asterisk, in release mode
	@tools/build

test: ## every suite, with one closing line over all
	@tools/test

test-rust: ## the Rust suites
	@tools/test rust

test-phpt: ## the extension's phpt files
	@tools/test phpt

test-php: ## PHPUnit
	@tools/test php

test-laravel: ## the Laravel adapter, on Laravel 13 and 10
	@tools/test laravel

test-cluster: ## two minutes of workers killed and restarted over 12 servers
	@tools/laravel -l 13 --group cluster "$(CURDIR)/laravel-adapter/tests"

test-real: ## PHPUnit against real Asterisk 16 and 22
	@tools/test real

test-install: ## every way to install, each in a clean Debian 13 (as root)
	@tools/test-install

asan: ## the phpt files under AddressSanitizer, leaks included
	@tools/asan

valgrind: ## the phpt files under valgrind, leaks included
	@tools/valgrind

php-debug: ## the phpt files on a debug build of PHP, thread-safe, made from Debian's sources
	@tools/with-php debug tools/phpt

php-zts: ## a program with a thread-safe PHP in it, made from its sources: eight threads, three starts; and the phpt files
	@tools/with-php zts tools/embed
	@tools/with-php zts tools/phpt

php-next: ## the phpt files on PHP 8.5
	@tools/with-php 8.5 tools/phpt

release: ## what is published of the last commit, in target/release-files
	@tools/release "$${CARGO_TARGET_DIR:-target}/release-files"

bench: ## measures everything against its baselines, in some five minutes
	@tools/bench

test-netns: ## faults of a real network path, in network namespaces (as root)
	@tools/netns

sim: ## SEEDS=10000 seeds of the deterministic world, or SEED=17 again
	@tools/sim

fuzz-smoke: ## every fuzz target, for some seconds
	@tools/fuzz smoke

fuzz: ## every fuzz target for TIME=600 seconds each, or TARGET=framer
	@tools/fuzz run

soak-smoke: ## two minutes of load, errors and reconnects; memory must not grow
	@tools/soak smoke

soak: ## the events of HOURS=24 hours on ten servers, as fast as they go
	@tools/soak

coverage: ## lines and branches of wire, correlation and routing, with a report
	@tools/coverage

mutants: ## mutation testing of the same modules
	@tools/mutants

test-long: ## half an hour of mixed calls, then the live model, on real Asterisk 16 and 22
	@tools/test-long

check: ## formatting, lints, documentation, generated files in sync, pecl's package, licences, instruction counts
	@tools/check

fmt: ## formats Rust and PHP
	cargo fmt --all
	tools/mago format

clean: ## removes what was built; the cache stays
	cargo clean
