//! `ServerConfig`: one server. Its secret lives here and nowhere in PHP.

use apn_ami::limits::Limits;
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EventMask, ServerSettings};

use crate::config::{self, Section};
use crate::options::{ClientBounds, ClientOptions, TlsOptions};
use crate::zend::classes::ServerConfigProperties;
use crate::zend::{Array, Class, Native, Object, PhpResult, Properties, Str, View};

/// The class `ServerConfig`.
pub(crate) struct ServerConfig;

/// What the core makes of it, but for the bounds where the manager's hold.
pub(crate) struct ServerState {
    settings: ServerSettings,
    has_limits: bool,
}

impl Native for ServerState {
    const CLASSES: &'static [Class] = &[Class::ServerConfig];
}

impl ServerState {
    pub(crate) fn key(&self) -> &str {
        self.settings.key.as_str()
    }

    /// The settings, with the manager's bounds where the server has none of its own.
    pub(crate) fn settings(&self, limits: &Limits) -> ServerSettings {
        let mut settings = self.settings.clone();
        if !self.has_limits {
            settings.limits = limits.clone();
        }
        settings
    }
}

const KEYS: [&str; 8] = ["host", "port", "username", "secret", "tls", "auth", "event_mask", "options"];

impl ServerConfig {
    #[expect(clippy::too_many_arguments, reason = "the stub's constructor")]
    pub(crate) fn construct(
        this: &Object,
        key: Str,
        host: Str,
        port: i64,
        username: Option<Str>,
        secret: Option<Str>,
        options: Option<Object>,
        tls: Option<Object>,
        auth: Object,
        event_mask: Option<Str>,
    ) -> PhpResult<()> {
        let properties = ServerConfigProperties { key, host, port, username, options, tls, auth, event_mask };
        let state = check(&properties, secret.as_ref())?;
        properties.init(this)?;
        this.init(state)
    }

    pub(crate) fn from_array(key: Str, config: Array) -> PhpResult<Object> {
        Self::from_section("", key, &config, None)
    }

    /// As `from_array`, for a part of a larger configuration: `base` holds the options that the server's own
    /// are merged over, key by key.
    pub(crate) fn from_section(
        path: &str,
        key: Str,
        config: &Array,
        base: Option<&Array>,
    ) -> PhpResult<Object> {
        let section = Section::new(path, config, &KEYS)?;
        let secret = section.string("secret")?;
        let properties = ServerConfigProperties {
            key,
            host: section.string("host")?.unwrap_or_else(|| Str::new(b"")),
            port: section.int("port")?.unwrap_or(5_038),
            username: section.string("username")?,
            options: options_of(&section, base)?,
            tls: tls_of(&section)?,
            auth: section
                .enum_case("auth", Class::AuthMethod, &["auto", "md5", "plain"])?
                .unwrap_or_else(|| Object::enum_case(Class::AuthMethod, "auto")),
            event_mask: section.string("event_mask")?,
        };
        let state = config::within(path, check(&properties, secret.as_ref()))?;
        let object = properties.into_object()?;
        object.init(state)?;
        Ok(object)
    }
}

fn options_of(section: &Section, base: Option<&Array>) -> PhpResult<Option<Object>> {
    let Some(value) = section.value("options") else { return Ok(None) };
    match value.view() {
        View::Object(object) if object.is(Class::ClientOptions) => Ok(Some(object)),
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
        merged.set(key.text(), value);
    }
    merged.finish()
}

/// TLS by `true`, by an array of options, or by an object.
fn tls_of(section: &Section) -> PhpResult<Option<Object>> {
    let Some(value) = section.value("tls") else { return Ok(None) };
    match value.view() {
        View::Bool(false) => Ok(None),
        View::Bool(true) => TlsOptions::from_section(&section.at("tls"), &Array::of_strings(&[])).map(Some),
        View::Array(options) => TlsOptions::from_section(&section.at("tls"), &options).map(Some),
        View::Object(object) if object.is(Class::TlsOptions) => Ok(Some(object)),
        _ => Err(config::invalid(
            &section.at("tls"),
            &value.type_name(),
            "true, false, an array or TlsOptions",
        )),
    }
}

fn check(given: &ServerConfigProperties, secret: Option<&Str>) -> PhpResult<ServerState> {
    let refused = |error| config::refused(&error, |_| None);
    let port = u16::try_from(given.port).ok().filter(|port| *port > 0);
    let port = port.ok_or_else(|| config::invalid("port", &given.port.to_string(), "1 to 65535"))?;
    let username = match &given.username {
        Some(name) => config::text("username", name)?,
        None => return Err(config::invalid("username", "null", "an account of manager.conf")),
    };
    let Some(secret) = secret else { return Err(config::invalid("secret", "null", "the account's secret")) };
    let key = config::text("key", &given.key)?;
    let host = config::text("host", &given.host)?;
    let mut settings =
        ServerSettings::new(&key, &host, port, &username, Secret::new(secret.to_vec())).map_err(refused)?;
    settings.auth = match given.auth.enum_value().as_str() {
        "md5" => AuthMethod::Md5,
        "plain" => AuthMethod::Plain,
        _ => AuthMethod::Auto,
    };
    if let Some(mask) = &given.event_mask {
        settings.event_mask = EventMask::parse(&config::text("eventMask", mask)?).map_err(refused)?;
    }
    if let Some(tls) = &given.tls {
        settings.tls = Some(TlsOptions::settings(tls)?);
    }
    if let Some(options) = &given.options {
        settings.limits = options.state::<ClientBounds>()?.0.clone();
    }
    Ok(ServerState { settings, has_limits: given.options.is_some() })
}
