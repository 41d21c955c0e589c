//! `ServerRegistry`: servers by key, in the order in which they were added.

use std::cell::RefCell;

use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::ZendClassObject;
use ext_php_rs::zend::ce;
use ext_php_rs::{php_class, php_impl};

use super::registration::class;
use super::server_config::ServerConfig;
use crate::convert::config;
use crate::convert::errors::unknown_server;
use crate::convert::object::{Traversable, iterator};
use crate::convert::{Array, Builder, Object, Str, Value};
use crate::zend::{Native, PhpResult, Tracer};

/// Servers by key, in the order in which they were added.
#[php_class]
#[php(name = "Apn\\AmiClient\\ServerRegistry", flags = ClassFlags::Final)]
#[php(implements(ce = ce::countable, stub = "\\Countable"))]
#[php(implements(ce = ce::aggregate, stub = "\\IteratorAggregate"))]
pub(crate) struct ServerRegistry(RefCell<Vec<(Str, Object<ServerConfig>)>>);

impl Native for ServerRegistry {
    fn trace(&self, tracer: &mut Tracer) {
        if let Ok(servers) = self.0.try_borrow() {
            for (_, server) in &*servers {
                tracer.value(server);
            }
        }
    }
}

impl ServerRegistry {
    fn find(&self, key: &[u8]) -> Option<Object<ServerConfig>> {
        self.0.borrow().iter().find(|(known, _)| **known == *key).map(|(_, server)| server.clone())
    }

    fn push(&self, server: Object<ServerConfig>) -> PhpResult<()> {
        let key = server.state()?.key().clone();
        if self.find(&key).is_some() {
            return Err(config::invalid("key", &format!("\"{}\"", key.lossy()), "one that is not in use"));
        }
        self.0.borrow_mut().push((key, server));
        Ok(())
    }

    /// The servers in order.
    pub(crate) fn servers(&self) -> Vec<Object<ServerConfig>> {
        self.0.borrow().iter().map(|(_, server)| server.clone()).collect()
    }
}

#[php_impl]
impl ServerRegistry {
    #[php(defaults(servers = Array::empty()))]
    pub(crate) fn __construct(servers: Array) -> PhpResult<Self> {
        let registry = Self(RefCell::default());
        for server in servers_of(&servers)? {
            registry.push(server)?;
        }
        Ok(registry)
    }

    pub(crate) fn add(
        self_: &mut ZendClassObject<ServerRegistry>,
        server: Object<ServerConfig>,
    ) -> PhpResult<Object<ServerRegistry>> {
        self_.push(server)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn has(&self, key: Str) -> bool {
        self.find(&key).is_some()
    }

    pub(crate) fn get(&self, key: Str) -> PhpResult<Object<ServerConfig>> {
        self.find(&key).ok_or_else(|| {
            let known: Vec<_> = self.0.borrow().iter().map(|(key, _)| key.lossy()).collect();
            unknown_server(&key, &known)
        })
    }

    pub(crate) fn all(&self) -> PhpResult<Array> {
        let mut all = Builder::new(0);
        for server in self.servers() {
            all.set(&**server.state()?.key(), server.clone());
        }
        Ok(all.finish())
    }

    pub(crate) fn count(&self) -> i64 {
        i64::try_from(self.0.borrow().len()).unwrap_or(i64::MAX)
    }

    pub(crate) fn get_iterator(&self) -> PhpResult<Object<Traversable>> {
        iterator(self.all()?)
    }
}

/// The elements of a list that must be `ServerConfig` objects.
pub(crate) fn servers_of(list: &Array) -> PhpResult<Vec<Object<ServerConfig>>> {
    list.iter()
        .map(|(key, value)| {
            Object::from_zval(value).ok_or_else(|| {
                let field = format!("servers[{}]", String::from_utf8_lossy(&key.text()));
                config::invalid(&field, &value.type_name(), "a ServerConfig")
            })
        })
        .collect()
}

pub(crate) fn register() {
    class::<ServerRegistry>().returns_static("add").done();
}
