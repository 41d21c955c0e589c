# Cargo's own variable, where it is set.
CARGO_TARGET_DIR ?= $(AMI_ROOT)/target
AMI_TARGET = $(CARGO_TARGET_DIR)
AMI_CARGO = PHP_CONFIG=$(AMI_PHP_CONFIG) CARGO_TARGET_DIR=$(AMI_TARGET) $(CARGO) build --manifest-path $(AMI_ROOT)/Cargo.toml --release --locked
TESTS = $(AMI_ROOT)/tests/phpt

.PHONY: ami-client-so ami-client-fake

# libtool has made a library of nothing: cargo's takes its place.
ami-client-so: $(phplibdir)/ami_client.la
	$(AMI_CARGO) -p ami-client-ext
	cp $(AMI_TARGET)/release/libami_client.so $(phplibdir)/ami_client.so

# The server that the tests talk to.
ami-client-fake:
	$(AMI_CARGO) -p apn-sim --bin fake-asterisk

build-modules all install-modules: ami-client-so
test: ami-client-fake
