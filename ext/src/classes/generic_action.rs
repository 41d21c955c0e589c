//! `GenericAction`: any action, given by name and parameters.

use std::rc::Rc;

use apn_ami::node::CompletionPolicy;
use apn_ami::wire;
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl};

use super::completion::{completion_of, completion_of_action};
use super::interfaces::{PhpInterfaceAction, PhpInterfaceCompletionStrategy};
use super::method::{Unserialize, value};
use super::registration::value_class;
use crate::convert::action::{encode, invalid, scalar};
use crate::convert::object::object;
use crate::convert::serialized::{self, property};
use crate::convert::{Array, Builder, Key, Object, OrNull, Str, Value, View, zval};
use crate::zend::check::{ARRAY, NULL, SCALAR};
use crate::zend::{Native, PhpResult, Tracer};

const NAME: &str = "Apn\\AmiClient\\GenericAction";

/// Any action, given by name and parameters.
#[php_class]
#[php(name = "Apn\\AmiClient\\GenericAction", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
#[php(implements(PhpInterfaceAction))]
#[derive(Clone)]
pub(crate) struct GenericAction {
    #[php(prop)]
    name: Str,
    #[php(prop)]
    parameters: Array,
    #[php(prop)]
    strategy: Option<Object<PhpInterfaceCompletionStrategy>>,
    /// The action as it is sent, which the constructor makes to check the parameters. None for an action that a
    /// fake received, since nobody has checked that one.
    encoded: Option<Rc<wire::Action>>,
}

impl Native for GenericAction {
    const CONSTRUCTOR: Option<fn(&ExecuteData) -> PhpResult<Self>> = Some(|call| {
        let name = value(call, 0).unwrap_or_else(|| Str::new(""));
        Self::__construct(name, value(call, 1).unwrap_or_else(Array::empty), value(call, 2))
    });

    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.parameters);
        if let Some(strategy) = &self.strategy {
            tracer.value(strategy);
        }
    }
}

impl Unserialize for GenericAction {
    fn unserialize(data: &ZendHashTable) -> PhpResult<Self> {
        let (name, parameters) = (property(data, "name", NAME)?, serialized::parameters(data, NAME)?);
        Self::__construct(name, parameters, property(data, "strategy", NAME)?)
    }
}

#[php_impl]
impl GenericAction {
    #[php(defaults(parameters = Array::empty()))]
    pub(crate) fn __construct(
        name: Str,
        parameters: Array,
        strategy: Option<Object<PhpInterfaceCompletionStrategy>>,
    ) -> PhpResult<Self> {
        let encoded = Some(Rc::new(encode(&name, &parameters)?));
        Ok(Self { name, parameters, strategy, encoded })
    }

    pub(crate) fn with(&self, header: Str, value: &Zval) -> PhpResult<Object<GenericAction>> {
        let mut parameters = self.parameters.to_builder();
        // Names of headers have no case, so "queue" replaces "Queue".
        for (key, _) in self.parameters.iter() {
            if key.text().eq_ignore_ascii_case(&header) {
                parameters.remove(&key.text());
            }
        }
        parameters.set(&*header, value.share());
        Self::__construct(self.name.clone(), parameters.finish(), self.strategy.clone()).map(object)
    }

    pub(crate) fn with_strategy(
        &self,
        strategy: OrNull<Object<PhpInterfaceCompletionStrategy>>,
    ) -> Object<GenericAction> {
        object(Self { strategy: strategy.0, ..self.clone() })
    }

    pub(crate) fn __serialize(&self) -> PhpResult<Array> {
        let mut data = Builder::new(3);
        data.set("name", self.name.clone());
        serialized::set_parameters(&mut data, &self.parameters, NAME)?;
        data.set("strategy", self.strategy.clone());
        Ok(data.finish())
    }

    pub(crate) fn get_name(&self) -> Str {
        self.name.clone()
    }

    pub(crate) fn get_parameters(&self) -> Array {
        self.parameters.clone()
    }

    pub(crate) fn get_completion_strategy(&self) -> Option<Object<PhpInterfaceCompletionStrategy>> {
        self.strategy.clone()
    }
}

/// The action that a fake server received.
pub(crate) fn received(name: &[u8], parameters: Array) -> Object<GenericAction> {
    object(GenericAction { name: Str::new(name), parameters, strategy: None, encoded: None })
}

/// An `Originate` with `Async`, and the id of its channel: the action's own `ChannelId`, or the one given.
pub(crate) fn asynchronous_originate(
    action: &Object<PhpInterfaceAction>,
    channel_id: Str,
) -> PhpResult<(Object<PhpInterfaceAction>, Str)> {
    let (name, parameters, strategy) = if let Some(own) = action.as_type::<GenericAction>() {
        let own = own.state()?;
        (own.name.clone(), own.parameters.clone(), own.strategy.clone())
    } else {
        let strategy = action.call_method("getCompletionStrategy", vec![])?;
        let (name, parameters) = described(action)?;
        (name, parameters, Object::from_zval(&strategy))
    };
    if !name.eq_ignore_ascii_case(b"Originate") {
        return Err(invalid(&name.lossy(), "only an Originate makes a call"));
    }
    let is = |key: &Key<'_>, header: &[u8]| key.text().eq_ignore_ascii_case(header);
    let own = parameters.iter().find(|(key, _)| is(key, b"ChannelId")).and_then(|(_, value)| scalar(value));
    let channel_id = own.filter(|own| !own.is_empty()).map_or(channel_id, Str::new);
    let made = GenericAction::__construct(name, parameters, strategy)?;
    // A synchronous `Originate` would block the session, its events included, until the phone answers.
    let made = made.with(Str::new("Async"), &zval(true))?;
    let made = made.state()?.with(Str::new("ChannelId"), &zval(channel_id.clone()))?;
    let made = made.as_type().ok_or_else(|| invalid("Originate", "it is no action"))?;
    Ok((made, channel_id))
}

fn described(action: &Object<PhpInterfaceAction>) -> PhpResult<(Str, Array)> {
    let name = action.call_method("getName", vec![])?;
    let parameters = action.call_method("getParameters", vec![])?;
    match (name.view(), parameters.view()) {
        (View::Str(name), View::Array(parameters)) => Ok((name, parameters)),
        _ => Err(invalid(&action.class_name(), "getName() has to return a string, getParameters() an array")),
    }
}

/// Any `Action` as an action of the core, with its completion policy.
pub(crate) fn to_wire(
    action: &Object<PhpInterfaceAction>,
) -> PhpResult<(Rc<wire::Action>, CompletionPolicy)> {
    if let Some(own) = action.as_type::<GenericAction>() {
        let own = own.state()?;
        let completion = own.strategy.as_ref().map(completion_of).transpose()?;
        let encoded = match &own.encoded {
            Some(encoded) => Rc::clone(encoded),
            None => Rc::new(encode(&own.name, &own.parameters)?),
        };
        return Ok((encoded, completion.unwrap_or_default()));
    }
    let completion = completion_of_action(action)?;
    let (name, parameters) = described(action)?;
    Ok((Rc::new(encode(&name, &parameters)?), completion))
}

pub(crate) fn register() {
    value_class::<GenericAction>().also("with", 1, ARRAY | SCALAR).also("withStrategy", 0, NULL).done();
}
