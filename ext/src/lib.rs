//! The PHP extension `ami_client`: the minimal driver of the core for PHP.
