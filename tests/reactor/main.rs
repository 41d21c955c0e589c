//! The reactor and the stall guard on real loopback sockets, with peers that behave like real servers.

mod certificates;
mod descriptors;
mod drive;
mod guard;
mod old_certificates;
mod peer;
mod sockets;
mod tls_files;
mod tls_old;
mod tls_peer;
mod tls_records;
mod tls_verification;
