//! `ServerRegistry`: servers by key, in the order in which they were added.

use std::cell::RefCell;

use crate::config;
use crate::exception;
use crate::server::ServerState;
use crate::zend::{Array, Builder, Class, Native, Object, PhpResult, Str, Tracer, Value, View, host};

/// The class `ServerRegistry`.
pub(crate) struct ServerRegistry;

/// Its servers.
pub(crate) struct RegistryState(RefCell<Vec<(Str, Object)>>);

impl Native for RegistryState {
    const CLASSES: &'static [Class] = &[Class::ServerRegistry];

    fn trace(&self, tracer: &mut Tracer) {
        if let Ok(servers) = self.0.try_borrow() {
            for (_, server) in &*servers {
                tracer.object(server);
            }
        }
    }
}

impl RegistryState {
    fn find(&self, key: &[u8]) -> Option<Object> {
        self.0.borrow().iter().find(|(known, _)| **known == *key).map(|(_, server)| server.clone())
    }

    fn push(&self, server: Object) -> PhpResult<()> {
        let key = Str::new(server.state::<ServerState>()?.key().as_bytes());
        if self.find(&key).is_some() {
            return Err(config::invalid("key", &format!("\"{}\"", key.lossy()), "one that is not in use"));
        }
        self.0.borrow_mut().push((key, server));
        Ok(())
    }

    /// The servers in order.
    pub(crate) fn servers(&self) -> Vec<Object> {
        self.0.borrow().iter().map(|(_, server)| server.clone()).collect()
    }
}

impl ServerRegistry {
    pub(crate) fn construct(this: &Object, servers: Array) -> PhpResult<()> {
        let state = RegistryState(RefCell::default());
        for server in servers_of(&servers)? {
            state.push(server)?;
        }
        this.init(state)
    }

    pub(crate) fn add(this: &Object, server: Object) -> PhpResult<Object> {
        this.state::<RegistryState>()?.push(server)?;
        Ok(this.clone())
    }

    pub(crate) fn has(this: &Object, key: Str) -> PhpResult<bool> {
        Ok(this.state::<RegistryState>()?.find(&key).is_some())
    }

    pub(crate) fn get(this: &Object, key: Str) -> PhpResult<Object> {
        let state = this.state::<RegistryState>()?;
        state.find(&key).ok_or_else(|| {
            let known: Vec<_> = state.0.borrow().iter().map(|(key, _)| key.lossy()).collect();
            exception::unknown_server(&key, &known)
        })
    }

    pub(crate) fn all(this: &Object) -> PhpResult<Array> {
        let state = this.state::<RegistryState>()?;
        let mut all = Builder::new(0);
        for server in state.servers() {
            all.set(server.state::<ServerState>()?.key(), server.clone());
        }
        Ok(all.finish())
    }

    pub(crate) fn count(this: &Object) -> PhpResult<usize> {
        Ok(this.state::<RegistryState>()?.0.borrow().len())
    }

    pub(crate) fn get_iterator(this: &Object) -> PhpResult<Value> {
        host::iterator(Self::all(this)?)
    }
}

/// The elements of a list of `ServerConfig`.
pub(crate) fn servers_of(list: &Array) -> PhpResult<Vec<Object>> {
    list.iter()
        .map(|(key, value)| match value.view() {
            View::Object(server) if server.is(Class::ServerConfig) => Ok(server),
            _ => {
                let field = format!("servers[{}]", String::from_utf8_lossy(&key.text()));
                Err(config::invalid(&field, &value.type_name(), "a ServerConfig"))
            }
        })
        .collect()
}
