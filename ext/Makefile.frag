# Cargo's own variable, where it is set.
CARGO_TARGET_DIR ?= $(AMI_ROOT)/target
AMI_TARGET = $(abspath $(CARGO_TARGET_DIR))
# Without debug information, which the workspace's profile keeps for its own tools. In the workspace's folder, since
# cargo looks for its settings, such as those of vendored crates, from there upwards.
AMI_CARGO = cd $(AMI_ROOT) && PHP_CONFIG=$(AMI_PHP_CONFIG) CARGO_TARGET_DIR=$(AMI_TARGET) RUSTC=$(AMI_RUSTC) \
	CARGO_PROFILE_RELEASE_DEBUG=0 $(CARGO) build --release --locked
AMI_BUILT = $(abspath $(builddir))/ami_client.so
TESTS = $(AMI_ROOT)/tests/phpt

.PHONY: ami-client-module ami-client-fake ami-client-changes

# Libtool makes a library of nothing, also when `make install` runs for the second time: cargo's takes its place.
ami-client-module: $(AMI_BUILT) $(phplibdir)/ami_client.la
	cp -f $(AMI_BUILT) $(phplibdir)/ami_client.so

$(AMI_BUILT):
	$(AMI_CARGO) -p ami-client-ext
	cp -f $(AMI_TARGET)/release/libami_client.so $@

# Whether the sources have changed is for cargo to say; but it is not asked by an install, which may run as another
# user, who has no Rust.
ifneq ($(filter-out install install-modules build-modules,$(or $(MAKECMDGOALS),all)),)
$(AMI_BUILT): ami-client-changes
endif

# The server that the tests talk to.
ami-client-fake:
	$(AMI_CARGO) -p apn-sim --bin fake-asterisk

all build-modules: ami-client-module
test: ami-client-fake
