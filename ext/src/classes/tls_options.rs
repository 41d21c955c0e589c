//! `TlsOptions`: how a TLS connection to a server is made.

use std::path::PathBuf;

use apn_ami::settings::TlsSettings;

use super::client_options::options;
use super::registration::class;
use crate::convert::object::object;
use crate::convert::{Array, Object, Str};
use crate::convert::{config, config::Section};
use crate::zend::{Native, PhpResult};

options! {
    /// How a TLS connection to a server is made.
    TlsOptions = "Apn\\AmiClient\\TlsOptions" -> TlsSettings {
        ca_file: Option<Str> = None::<Str>, string_or_null;
        server_name: Option<Str> = None::<Str>, string_or_null;
        verify_peer: bool = true, bool;
        cert_file: Option<Str> = None::<Str>, string_or_null;
        key_file: Option<Str> = None::<Str>, string_or_null;
    }
}

impl Native for TlsOptions {}

impl TlsOptions {
    fn checked(mut self) -> PhpResult<Self> {
        let path = |field: &str, value: &Option<Str>| match value {
            Some(path) if path.is_empty() => Err(config::invalid(field, "empty", "a file, or null")),
            Some(path) => config::text(field, path).map(|path| Some(PathBuf::from(path))),
            None => Ok(None),
        };
        let server_name = match &self.server_name {
            Some(name) if name.is_empty() => {
                return Err(config::invalid("serverName", "empty", "a name, or null"));
            }
            Some(name) => Some(config::text("serverName", name)?),
            None => None,
        };
        let client_identity = match (path("certFile", &self.cert_file)?, path("keyFile", &self.key_file)?) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => return Err(config::invalid("keyFile", "null", "given with certFile")),
            (None, Some(_)) => return Err(config::invalid("certFile", "null", "given with keyFile")),
        };
        self.bounds = TlsSettings {
            ca_file: path("caFile", &self.ca_file)?,
            server_name,
            insecure: !self.verify_peer,
            client_identity,
        };
        Ok(self)
    }
}

pub(crate) fn register() {
    class::<TlsOptions>().done();
}
