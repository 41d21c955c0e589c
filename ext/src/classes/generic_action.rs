//! `GenericAction`: any action, by its name and parameters.

use apn_ami::node::CompletionPolicy;
use apn_ami::wire;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl};

use super::completion::{completion_of, completion_of_action};
use super::interfaces::{PhpInterfaceAction, PhpInterfaceCompletionStrategy};
use crate::convert::action::{encode, invalid};
use crate::convert::serialized::{self, property};
use crate::zend::class::value_class;
use crate::zend::instance::{Unserialize, object};
use crate::zend::method::argument;
use crate::zend::{Array, Builder, Native, Object, OrNull, PhpResult, Str, Tracer, Value, View};

const NAME: &str = "Apn\\AmiClient\\GenericAction";

/// Any action, by its name and parameters.
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
}

impl Native for GenericAction {
    const CONSTRUCTOR: Option<fn(&ExecuteData) -> PhpResult<Self>> = Some(|call| {
        let name = argument(call, 0).unwrap_or_else(|| Str::new(""));
        Self::__construct(name, argument(call, 1).unwrap_or_else(Array::empty), argument(call, 2))
    });

    fn trace(&self, tracer: &mut Tracer) {
        tracer.array(&self.parameters);
        if let Some(strategy) = &self.strategy {
            tracer.object(strategy);
        }
    }
}

impl Unserialize for GenericAction {
    fn unserialize(data: &Array) -> PhpResult<Self> {
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
        encode(&name, &parameters)?;
        Ok(Self { name, parameters, strategy })
    }

    pub(crate) fn with(&self, header: Str, value: &Zval) -> PhpResult<Object<GenericAction>> {
        let mut parameters = self.parameters.to_builder();
        // One header, whatever its case was: "queue" replaces "Queue".
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

/// An action as a server reads it.
pub(crate) fn received(name: &[u8], parameters: Array) -> Object<GenericAction> {
    object(GenericAction { name: Str::new(name), parameters, strategy: None })
}

/// Any `Action` as the core sends it, and when it is complete.
pub(crate) fn to_wire(action: &Object<PhpInterfaceAction>) -> PhpResult<(wire::Action, CompletionPolicy)> {
    if let Some(own) = action.as_type::<GenericAction>() {
        let own = own.state()?;
        let completion = own.strategy.as_ref().map(completion_of).transpose()?;
        return Ok((encode(&own.name, &own.parameters)?, completion.unwrap_or_default()));
    }
    let completion = completion_of_action(action)?;
    let name = action.call_method("getname", &[])?;
    let parameters = action.call_method("getparameters", &[])?;
    match (name.view(), parameters.view()) {
        (View::Str(name), View::Array(parameters)) => Ok((encode(&name, &parameters)?, completion)),
        _ => Err(invalid(&action.class_name(), "getName() has to return a string, getParameters() an array")),
    }
}

pub(crate) fn register() {
    value_class::<GenericAction>()
        .array_or_scalar("with", 1)
        .or_null("withStrategy", 0)
        .done::<GenericAction>();
}
