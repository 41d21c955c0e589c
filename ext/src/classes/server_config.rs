//! `ServerConfig`: the configuration of one server. Its secret is kept in Rust only, and not as a PHP
//! property.

use apn_ami::limits::Limits;
use apn_ami::secret::Secret;
use apn_ami::settings::{EventMask, ServerSettings};
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl};

use super::client_options::ClientOptions;
use super::method;
use super::registration::class;
use super::tls_options::TlsOptions;
use crate::convert::config::{self, Section};
use crate::convert::enums::AuthMethod;
use crate::convert::object::object;
use crate::convert::{Array, Object, Str, Value, View};
use crate::zend::{Native, PhpResult, Tracer};

/// The configuration of one server.
#[php_class]
#[php(name = "Apn\\AmiClient\\ServerConfig", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct ServerConfig {
    #[php(prop)]
    key: Str,
    #[php(prop)]
    host: Str,
    #[php(prop)]
    port: i64,
    #[php(prop)]
    username: Option<Str>,
    #[php(prop)]
    options: Option<Object<ClientOptions>>,
    #[php(prop)]
    tls: Option<Object<TlsOptions>>,
    #[php(prop)]
    auth: AuthMethod,
    #[php(prop)]
    event_mask: Option<Str>,
    /// The settings for the core. Without own options the bounds are the defaults, and `settings()` replaces
    /// them.
    settings: ServerSettings,
}

impl Native for ServerConfig {
    const CONSTRUCTOR: Option<fn(&ExecuteData) -> PhpResult<Self>> = Some(|call| {
        Self::__construct(
            method::value(call, 0).unwrap_or_else(|| Str::new("")),
            method::value(call, 1).unwrap_or_else(|| Str::new("")),
            method::value(call, 2).unwrap_or(5_038),
            method::value(call, 3),
            method::value(call, 4),
            method::value(call, 5),
            method::value(call, 6),
            method::value(call, 7).unwrap_or(AuthMethod::Auto),
            method::value(call, 8),
        )
    });

    fn trace(&self, tracer: &mut Tracer) {
        if let Some(options) = &self.options {
            tracer.value(options);
        }
        if let Some(tls) = &self.tls {
            tracer.value(tls);
        }
    }
}

const KEYS: [&str; 8] = ["host", "port", "username", "secret", "tls", "auth", "event_mask", "options"];

#[php_impl]
impl ServerConfig {
    #[php(defaults(port = 5_038, auth = AuthMethod::Auto))]
    pub(crate) fn __construct(
        key: Str,
        host: Str,
        port: i64,
        username: Option<Str>,
        secret: Option<Str>,
        options: Option<Object<ClientOptions>>,
        tls: Option<Object<TlsOptions>>,
        auth: AuthMethod,
        event_mask: Option<Str>,
    ) -> PhpResult<Self> {
        let refused = |error| config::refused(&error, |_| None);
        let number = u16::try_from(port).ok().filter(|port| *port > 0);
        let number = number.ok_or_else(|| config::invalid("port", &port.to_string(), "1 to 65535"))?;
        let user = match &username {
            Some(name) => config::text("username", name)?,
            None => return Err(config::invalid("username", "null", "an account of manager.conf")),
        };
        let Some(secret) = secret else {
            return Err(config::invalid("secret", "null", "the account's secret"));
        };
        let (name, address) = (config::text("key", &key)?, config::text("host", &host)?);
        let secret = Secret::new(secret.to_vec());
        let mut settings = ServerSettings::new(&name, &address, number, &user, secret).map_err(refused)?;
        settings.auth = auth.into();
        if let Some(mask) = &event_mask {
            settings.event_mask = EventMask::parse(&config::text("eventMask", mask)?).map_err(refused)?;
        }
        if let Some(tls) = &tls {
            settings.tls = Some(tls.state()?.bounds().clone());
        }
        if let Some(options) = &options {
            settings.limits = options.state()?.bounds().clone();
        }
        Ok(Self { key, host, port, username, options, tls, auth, event_mask, settings })
    }

    pub(crate) fn from_array(key: Str, config: Array) -> PhpResult<Object<ServerConfig>> {
        Self::from_section("", key, &config, None)
    }
}

impl ServerConfig {
    pub(crate) fn key(&self) -> &Str {
        &self.key
    }

    /// The settings for the core. If the server has no options of its own, `limits` are its bounds.
    pub(crate) fn settings(&self, limits: &Limits) -> ServerSettings {
        let mut settings = self.settings.clone();
        if self.options.is_none() {
            settings.limits = limits.clone();
        }
        settings
    }

    /// Reads a server like `from_array`, from a part of a larger configuration. The server's own options are
    /// merged over `base`, key by key.
    pub(crate) fn from_section(
        path: &str,
        key: Str,
        config: &Array,
        base: Option<&Array>,
    ) -> PhpResult<Object<ServerConfig>> {
        let section = Section::new(path, config, &KEYS)?;
        let secret = section.string("secret")?;
        let host = section.string("host")?.unwrap_or_else(|| Str::new(""));
        let port = section.int("port")?.unwrap_or(5_038);
        let username = section.string("username")?;
        let (options, tls) = (options_of(&section, base)?, tls_of(&section)?);
        let auth = section.case("auth")?.unwrap_or(AuthMethod::Auto);
        let event_mask = section.string("event_mask")?;
        let made = Self::__construct(key, host, port, username, secret, options, tls, auth, event_mask);
        config::prefix_errors(path, made).map(object)
    }
}

fn options_of(section: &Section, base: Option<&Array>) -> PhpResult<Option<Object<ClientOptions>>> {
    let Some(value) = section.value("options") else { return Ok(None) };
    if let Some(options) = Object::from_zval(&value) {
        return Ok(Some(options));
    }
    match value.view() {
        View::Array(own) => {
            let merged = base.map_or_else(|| own.clone(), |base| merge(base, &own));
            ClientOptions::from_section(&section.at("options"), &merged).map(Some)
        }
        _ => Err(config::invalid(&section.at("options"), &value.type_name(), "an array or ClientOptions")),
    }
}

fn merge(base: &Array, own: &Array) -> Array {
    let mut merged = base.to_builder();
    for (key, value) in own.iter() {
        merged.set(key.text(), value.share());
    }
    merged.finish()
}

/// Reads TLS options: a bool, an array of options, or an object.
fn tls_of(section: &Section) -> PhpResult<Option<Object<TlsOptions>>> {
    let Some(value) = section.value("tls") else { return Ok(None) };
    if let Some(options) = Object::from_zval(&value) {
        return Ok(Some(options));
    }
    match value.view() {
        View::Bool(false) => Ok(None),
        View::Bool(true) => TlsOptions::from_section(&section.at("tls"), &Array::empty()).map(Some),
        View::Array(options) => TlsOptions::from_section(&section.at("tls"), &options).map(Some),
        _ => Err(config::invalid(
            &section.at("tls"),
            &value.type_name(),
            "true, false, an array or TlsOptions",
        )),
    }
}

pub(crate) fn register() {
    class::<ServerConfig>().sensitive("__construct", 4).sensitive("fromArray", 1).done();
}
