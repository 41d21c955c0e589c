//! The core of `ami_client`: a non-blocking AMI client for a whole cluster of Asterisk nodes.
#![forbid(unsafe_code)]
