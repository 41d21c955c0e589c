//! `GenericAction`, and every other `Action` on its way to the wire.

use apn_ami::error::InvalidAction;
use apn_ami::node::Completion;
use apn_ami::wire::{self, Parameter};

use crate::completion;
use crate::message::{bytes_of_latin1, latin1};
use crate::zend::classes::GenericActionProperties;
use crate::zend::exception::throw_new;
use crate::zend::properties::bad_data;
use crate::zend::{
    Array, Builder, Class, IntoValue, Key, Object, PhpResult, Properties, Str, Thrown, Value, View,
};

/// The class `GenericAction`.
pub(crate) struct GenericAction;

impl GenericAction {
    pub(crate) fn construct(this: &Object, given: GenericActionProperties) -> PhpResult<()> {
        encode(&given.name, &given.parameters)?;
        given.init(this)
    }

    pub(crate) fn with(this: &Object, header: Str, value: Value) -> PhpResult<Object> {
        let own = GenericActionProperties::of(this)?;
        let mut parameters = own.parameters.to_builder();
        // One header, whatever its case was: "queue" replaces "Queue".
        for (key, _) in own.parameters.iter() {
            if key.text().eq_ignore_ascii_case(&header) {
                parameters.remove(&key.text());
            }
        }
        parameters.set(&*header, value);
        let parameters = parameters.finish();
        encode(&own.name, &parameters)?;
        GenericActionProperties { parameters, ..own }.into_object()
    }

    pub(crate) fn with_strategy(this: &Object, strategy: Option<Object>) -> PhpResult<Object> {
        GenericActionProperties { strategy, ..GenericActionProperties::of(this)? }.into_object()
    }

    pub(crate) fn get_name(this: &Object) -> PhpResult<Str> {
        Ok(GenericActionProperties::of(this)?.name)
    }

    pub(crate) fn get_parameters(this: &Object) -> PhpResult<Array> {
        Ok(GenericActionProperties::of(this)?.parameters)
    }

    pub(crate) fn get_completion_strategy(this: &Object) -> PhpResult<Option<Object>> {
        Ok(GenericActionProperties::of(this)?.strategy)
    }

    /// Queues put serialised jobs into JSON, which refuses what is not UTF-8: such parameters are written with a
    /// character for each byte.
    pub(crate) fn serialize(this: &Object) -> PhpResult<Array> {
        let own = GenericActionProperties::of(this)?;
        let is_utf8 = has_only(&own.parameters, &|text| std::str::from_utf8(text).is_ok());
        let mut data = Builder::new(3);
        data.set("name", own.name);
        if is_utf8 {
            data.set("parameters", own.parameters);
        } else {
            let written = rewritten(&own.parameters, 1, &|text| Some(latin1(text).into_bytes()));
            data.set("latin1", written.ok_or_else(|| bad_data(Class::GenericAction))?);
        }
        data.set("strategy", own.strategy);
        Ok(data.finish())
    }

    pub(crate) fn unserialize(this: &Object, data: Array) -> PhpResult<()> {
        let data = match data.get("latin1").map(|written| written.view()) {
            None => data,
            Some(View::Array(written)) => {
                let parameters = rewritten(&written, 1, &bytes_of_latin1);
                let mut whole = data.to_builder();
                whole.set("parameters", parameters.ok_or_else(|| bad_data(Class::GenericAction))?);
                whole.finish()
            }
            Some(_) => return Err(bad_data(Class::GenericAction)),
        };
        let given = GenericActionProperties::of_serialized(&data)?;
        if given.strategy.as_ref().is_some_and(|strategy| !strategy.is(Class::CompletionStrategy)) {
            return Err(bad_data(Class::GenericAction));
        }
        encode(&given.name, &given.parameters)?;
        given.init(this)
    }
}

/// Whether all texts of the array are such, its keys and those of the arrays within it too.
fn has_only(array: &Array, is_such: &impl Fn(&[u8]) -> bool) -> bool {
    array.iter().all(|(key, value)| {
        is_such(&key.text())
            && match value.view() {
                View::Str(text) => is_such(&text),
                View::Array(inner) => has_only(&inner, is_such),
                _ => true,
            }
    })
}

/// The array with all its texts written otherwise, its keys and those of the arrays within it too. None where one cannot
/// be, or where arrays lie deeper than parameters have them.
fn rewritten(array: &Array, deeper: u8, write: &impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Array> {
    let mut built = Builder::new(array.len());
    for (key, value) in array.iter() {
        let value = match value.view() {
            View::Str(text) => Str::new(&write(&text)?).into_value(),
            View::Array(inner) => rewritten(&inner, deeper.checked_sub(1)?, write)?.into_value(),
            _ => value,
        };
        built.set(write(&key.text())?, value);
    }
    Some(built.finish())
}

/// Any `Action` as the core sends it, and when it is complete.
pub(crate) fn to_wire(action: &Object) -> PhpResult<(wire::Action, Completion)> {
    if action.is(Class::GenericAction) {
        let own = GenericActionProperties::of(action)?;
        let completion = own.strategy.as_ref().map(completion::of_strategy).transpose()?;
        return Ok((encode(&own.name, &own.parameters)?, completion.unwrap_or_default()));
    }
    let completion = completion::of_action(action)?;
    let name = action.call_method("getname", &[])?;
    let parameters = action.call_method("getparameters", &[])?;
    match (name.view(), parameters.view()) {
        (View::Str(name), View::Array(parameters)) => Ok((encode(&name, &parameters)?, completion)),
        _ => Err(invalid(&action.class_name(), "getName() has to return a string, getParameters() an array")),
    }
}

fn encode(name: &Str, parameters: &Array) -> PhpResult<wire::Action> {
    let name = std::str::from_utf8(name).map_err(|_| invalid(&name.lossy(), "its name is not UTF-8"))?;
    let mut headers = Vec::with_capacity(parameters.len());
    for (key, value) in parameters.iter() {
        let Key::Str(header) = key else {
            let index = String::from_utf8_lossy(&key.text()).into_owned();
            return Err(invalid(name, &format!("parameter {index} has no name")));
        };
        if let Some(parameter) = parameter(name, &header, &value)? {
            headers.push((header, parameter));
        }
    }
    wire::Action::new(name, headers.iter().map(|(header, parameter)| (&**header, parameter)))
        .map_err(|why: InvalidAction| invalid(name, &why.to_string()))
}

/// None for null, which leaves the header out.
fn parameter(action: &str, header: &Str, value: &Value) -> PhpResult<Option<Parameter>> {
    let wrong = |value: &Value| {
        let header = header.lossy().escape_debug().to_string();
        let given = value.type_name();
        invalid(
            action,
            &format!("header `{header}` is {given}, must be text, a number, a bool or an array of these"),
        )
    };
    let View::Array(array) = value.view() else {
        return match scalar(value) {
            Some(text) => Ok(Some(Parameter::One(text))),
            None if value.is_null() => Ok(None),
            None => Err(wrong(value)),
        };
    };
    let elements = array.iter().map(|(key, value)| match scalar(&value) {
        Some(text) => Ok((key.text(), text)),
        None => Err(wrong(&value)),
    });
    let elements: Vec<_> = elements.collect::<PhpResult<_>>()?;
    Ok(Some(if array.is_list() {
        Parameter::Many(elements.into_iter().map(|(_, value)| value).collect())
    } else {
        Parameter::Map(elements)
    }))
}

/// `true` is "true", as `ast_true` of Asterisk reads it.
pub(crate) fn scalar(value: &Value) -> Option<Vec<u8>> {
    match value.view() {
        View::Str(text) => Some(text.to_vec()),
        View::Int(number) => Some(number.to_string().into_bytes()),
        View::Float(number) if number.is_finite() => Some(number.to_string().into_bytes()),
        View::Bool(flag) => Some(flag.to_string().into_bytes()),
        View::Float(_) | View::Null | View::Array(_) | View::Object(_) | View::Other => None,
    }
}

fn invalid(action: &str, why: &str) -> Thrown {
    let action: String = action.chars().take(60).flat_map(char::escape_debug).collect();
    throw_new(Class::InvalidActionException, &format!("action `{action}` is invalid: {why}"))
}
