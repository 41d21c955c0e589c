//! The action encoder. An action that Asterisk would misread is refused before any of its bytes are queued.

use std::fmt;

use bytes::BufMut;
use smallvec::SmallVec;
use smol_str::SmolStr;

use super::action_id::ActionId;
use super::invalid_action::InvalidAction;
use crate::limits::{ACTION_ID_BYTES_MAX, ACTION_LINE_BYTES_MAX, ACTION_LINES_MAX};
use crate::secret::Redactor;

/// A parameter of an action, as the caller gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// One header line with this value.
    One(Vec<u8>),
    /// One header line for each value, in this order.
    Many(Vec<Vec<u8>>),
    /// `NAME => value` pairs. Allowed only for the `Variable` header of actions that set channel variables.
    Map(Vec<(Vec<u8>, Vec<u8>)>),
}

/// A checked action with its header lines rendered. Asterisk reads them as the caller meant them.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    name: SmolStr,
    /// The lines after `Action` and `ActionID`, each with its CRLF.
    lines: Vec<u8>,
}

/// The bytes of an action with its id, as they are sent.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedAction(Vec<u8>);

impl Action {
    /// Checks and renders an action.
    ///
    /// In `Originate`, `MessageSend`, `PJSIPNotify` and `SIPnotify`, a `Variable` is taken literally as
    /// `NAME=value`. Each assignment becomes one line, escaped so that `__ast_app_separate_args` (main/app.c)
    /// restores it. The `Variable` of every other action is sent unchanged, since escaping would break a
    /// `Getvar` of `STRFTIME(0,UTC,%Y)`.
    ///
    /// # Errors
    ///
    /// The error names the header and the problem. It never contains a value.
    pub fn new<'a>(
        name: &str,
        parameters: impl IntoIterator<Item = (&'a [u8], &'a Parameter)>,
    ) -> Result<Self, InvalidAction> {
        check_not_reserved(name)?;
        Self::internal(name, parameters)
    }

    /// As [`Action::new`], but also accepts `Challenge` and `Login`, which only the client itself sends.
    pub(crate) fn internal<'a>(
        name: &str,
        parameters: impl IntoIterator<Item = (&'a [u8], &'a Parameter)>,
    ) -> Result<Self, InvalidAction> {
        let mut builder = ActionBuilder::internal(name, 0)?;
        for (header, parameter) in parameters {
            match parameter {
                Parameter::One(value) => builder.push(header, value)?,
                Parameter::Many(values) => values.iter().try_for_each(|value| builder.push(header, value))?,
                Parameter::Map(pairs) => {
                    builder.check_map(header)?;
                    pairs.iter().try_for_each(|(name, value)| builder.push_pair(header, name, value))?;
                }
            }
        }
        builder.finish()
    }

    /// The action's name as the caller spelled it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> SmolStr {
        self.name.clone()
    }

    /// First value of a header, as it is sent. `header` may be in any case.
    #[must_use]
    pub fn get(&self, header: &[u8]) -> Option<&[u8]> {
        self.headers().find(|(name, _)| name.eq_ignore_ascii_case(header)).map(|(_, value)| value)
    }

    /// Names and values of the headers, as they are sent and in order. `Action` and `ActionID` are not included.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.split(|&byte| byte == b'\n').filter_map(|line| {
            let line = line.strip_suffix(b"\r")?;
            let colon = line.iter().position(|&byte| byte == b':')?;
            Some((&line[..colon], line[colon + 1..].strip_prefix(b" ").unwrap_or_default()))
        })
    }

    /// Encodes the action under `id`. The `ActionID` is the second line, so that an error of
    /// Asterisk's parser still carries it.
    #[must_use]
    pub fn encode(&self, id: &ActionId) -> EncodedAction {
        let mut bytes = Vec::with_capacity(self.encoded_bytes_max());
        self.encode_into(id, &mut bytes);
        EncodedAction(bytes)
    }

    /// Upper bound for the size of the encoded action in bytes, with the longest id.
    pub(crate) fn encoded_bytes_max(&self) -> usize {
        self.name.len() + ACTION_ID_BYTES_MAX + self.lines.len() + 26
    }

    /// As [`Action::encode`], but appends to `bytes`.
    pub(crate) fn encode_into(&self, id: &ActionId, bytes: &mut impl BufMut) {
        bytes.put_slice(b"Action: ");
        bytes.put_slice(self.name.as_bytes());
        bytes.put_slice(b"\r\nActionID: ");
        bytes.put_slice(id.text());
        bytes.put_slice(b"\r\n");
        bytes.put_slice(&self.lines);
        bytes.put_slice(b"\r\n");
    }

    /// The action on one line for a log, with secrets masked.
    #[must_use]
    pub fn shown(&self, redactor: &Redactor) -> String {
        format!("{} {}", self.name, self.shown_headers(redactor)).trim_end().to_owned()
    }

    /// The headers on one line for a log, with secrets masked.
    #[must_use]
    pub fn shown_headers(&self, redactor: &Redactor) -> String {
        // Whether a value is secret may depend on the action.
        let action = (&b"Action"[..], self.name.as_bytes());
        let headers: Vec<_> = std::iter::once(action).chain(self.headers()).collect();
        let shown = headers.iter().zip(redactor.shown(&headers)).skip(1);
        shown
            .map(|((name, _), value)| format!("{}={value}", String::from_utf8_lossy(name)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Prints header names only, since a value may be a secret.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers().map(|(name, _)| String::from_utf8_lossy(name)).collect();
        write!(f, "{} {names:?}", self.name)
    }
}

impl EncodedAction {
    /// The encoded bytes, with the empty line at the end.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An action in the making, header by header. [`Action::new`] says what is checked and how a `Variable` is written.
pub struct ActionBuilder<'a> {
    name: &'a str,
    sets_variables: bool,
    /// The header lines so far.
    rendered: Vec<u8>,
    /// Lines of the whole action so far.
    count: usize,
}

impl<'a> ActionBuilder<'a> {
    /// Begins an action. `bytes` is the expected size of its header lines.
    ///
    /// # Errors
    ///
    /// The name is one that Asterisk would misread, or of an action that only the client itself sends.
    pub fn new(name: &'a str, bytes: usize) -> Result<Self, InvalidAction> {
        check_not_reserved(name)?;
        Self::internal(name, bytes)
    }

    fn internal(name: &'a str, bytes: usize) -> Result<Self, InvalidAction> {
        let Some(first) = name.as_bytes().first() else { return Err(InvalidAction::NoName) };
        check_line(b"Action", name.as_bytes())?;
        // `ast_skip_blanks` (include/asterisk/strings.h) skips all leading bytes up to and including the blank (0x20).
        if *first <= b' ' {
            return Err(InvalidAction::BlankBeforeName);
        }
        let rendered = Vec::with_capacity(bytes);
        Ok(Self { name, sets_variables: sets_variables(name), rendered, count: 2 })
    }

    /// Adds one header.
    ///
    /// # Errors
    ///
    /// The error names the header and the problem. It never contains a value.
    pub fn push(&mut self, header: &[u8], value: &[u8]) -> Result<(), InvalidAction> {
        if self.is_literal(header) { self.push_assignment(value) } else { self.push_line(header, value) }
    }

    /// Adds a `Variable` header with an assignment.
    ///
    /// # Errors
    ///
    /// As `push`, and if the header is no `Variable` or the action sets no variables.
    pub fn push_pair(&mut self, header: &[u8], name: &[u8], value: &[u8]) -> Result<(), InvalidAction> {
        self.check_map(header)?;
        self.push_variable(name, value)
    }

    /// Checks that a header may have named values.
    ///
    /// # Errors
    ///
    /// The header is no `Variable`, or the action sets no variables.
    pub fn check_map(&self, header: &[u8]) -> Result<(), InvalidAction> {
        if self.is_literal(header) {
            return Ok(());
        }
        Err(InvalidAction::NamedValues { header: shown(header) })
    }

    /// The action.
    ///
    /// # Errors
    ///
    /// It has too many lines.
    pub fn finish(self) -> Result<Action, InvalidAction> {
        if self.count > ACTION_LINES_MAX {
            return Err(InvalidAction::TooManyLines { lines: self.count });
        }
        Ok(Action { name: self.name.into(), lines: self.rendered })
    }

    fn is_literal(&self, header: &[u8]) -> bool {
        self.sets_variables && header.eq_ignore_ascii_case(b"Variable")
    }

    fn push_assignment(&mut self, assignment: &[u8]) -> Result<(), InvalidAction> {
        match assignment.iter().position(|&byte| byte == b'=') {
            Some(at) => self.push_variable(&assignment[..at], &assignment[at + 1..]),
            None => Err(InvalidAction::Variable { given: "a text without =".into() }),
        }
    }

    fn push_variable(&mut self, name: &[u8], value: &[u8]) -> Result<(), InvalidAction> {
        let fits = |byte: u8| !matches!(byte, b'=' | b',' | b'"' | b'\\') && !byte.is_ascii_control();
        if name.trim_ascii().is_empty() || !name.iter().copied().all(fits) {
            let given = String::from_utf8_lossy(name).escape_debug().to_string();
            return Err(InvalidAction::Variable { given });
        }
        let mut line: SmallVec<[u8; 128]> = SmallVec::from_slice(name);
        line.push(b'=');
        for &byte in value {
            if matches!(byte, b'\\' | b'"' | b',') {
                line.push(b'\\');
            }
            line.push(byte);
        }
        self.push_line(b"Variable", &line)
    }

    fn push_line(&mut self, header: &[u8], value: &[u8]) -> Result<(), InvalidAction> {
        if header.is_empty() || header.iter().any(|&byte| byte <= b' ' || byte == b':' || byte == 0x7f) {
            return Err(InvalidAction::HeaderName { header: shown(header) });
        }
        if header.eq_ignore_ascii_case(b"ActionID") {
            return Err(InvalidAction::Reserved(
                "the client makes the ActionID by itself: see PendingAction::$actionId",
            ));
        }
        if header.eq_ignore_ascii_case(b"Action") {
            return Err(InvalidAction::Reserved(
                "an action has one name: a second Action header would be ignored",
            ));
        }
        check_line(header, value)?;
        self.rendered.reserve(header.len() + value.len() + 4);
        self.rendered.extend_from_slice(header);
        self.rendered.extend_from_slice(b": ");
        self.rendered.extend_from_slice(value);
        self.rendered.extend_from_slice(b"\r\n");
        self.count += 1;
        Ok(())
    }
}

/// A header as errors name it.
fn shown(header: &[u8]) -> String {
    String::from_utf8_lossy(header).escape_debug().to_string()
}

fn check_line(header: &[u8], value: &[u8]) -> Result<(), InvalidAction> {
    // Values are short: a search takes longer to begin than this takes in all.
    let is_control = |byte: &u8| matches!(byte, b'\r' | b'\n' | 0);
    if value.iter().fold(false, |found, byte| found | is_control(byte))
        && let Some(at) = value.iter().position(is_control)
    {
        let byte = match value[at] {
            b'\r' => "CR",
            b'\n' => "LF",
            _ => "NUL",
        };
        return Err(InvalidAction::ControlByte { header: shown(header), byte });
    }
    let bytes = header.len() + 2 + value.len();
    if bytes > ACTION_LINE_BYTES_MAX {
        return Err(InvalidAction::LineTooLong { header: shown(header), bytes });
    }
    Ok(())
}

/// Refuses the actions that only the client itself sends.
fn check_not_reserved(name: &str) -> Result<(), InvalidAction> {
    if ["Login", "Challenge"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return Err(InvalidAction::Reserved(
            "the client logs in by itself: set username and secret of the server",
        ));
    }
    Ok(())
}

/// True for the actions that read `Variable` with `astman_get_variables`, which splits and unescapes assignments.
fn sets_variables(action: &str) -> bool {
    ["Originate", "MessageSend", "PJSIPNotify", "SIPnotify"]
        .iter()
        .any(|name| action.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server_key::ServerKey;
    use crate::wire::InstanceId;

    fn one(value: &str) -> Parameter {
        Parameter::One(value.as_bytes().to_vec())
    }

    fn build(name: &str, parameters: &[(&str, Parameter)]) -> Result<Action, InvalidAction> {
        Action::new(name, parameters.iter().map(|(header, value)| (header.as_bytes(), value)))
    }

    fn wire(action: &Action) -> String {
        let id = ActionId::new(&ServerKey::new("pbx1").unwrap(), InstanceId::from_random([0; 13]), 5);
        String::from_utf8(action.encode(&id).as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn the_action_id_is_the_second_line() {
        let action = build("QueueStatus", &[("Queue", one("support"))]).unwrap();
        assert_eq!(action.name(), "QueueStatus");
        assert_eq!(
            wire(&action),
            "Action: QueueStatus\r\nActionID: pbx1:aaaaaaaaaaaaa:5\r\nQueue: support\r\n\r\n"
        );
    }

    #[test]
    fn bytes_that_would_start_another_header_are_refused_by_name() {
        for (value, byte) in [("a\r\nAction: Originate", "CR"), ("a\nb", "LF"), ("a\0b", "NUL")] {
            let error = build("Ping", &[("X", one(value))]).unwrap_err();
            assert_eq!(error, InvalidAction::ControlByte { header: "X".into(), byte });
        }
        assert!(build("Pi\nng", &[]).is_err());
        for header in ["", "X:", "X Y", "X\r\nY", "\u{7f}"] {
            assert!(
                matches!(build("Ping", &[(header, one("v"))]), Err(InvalidAction::HeaderName { .. })),
                "{header}"
            );
        }
    }

    #[test]
    fn a_name_that_asterisk_would_read_otherwise_is_refused() {
        for name in [" Login", "\tChallenge", " Originate", "\u{1}Ping"] {
            assert_eq!(build(name, &[]), Err(InvalidAction::BlankBeforeName), "{name:?}");
        }
        assert!(build("Ping ", &[]).is_ok(), "what comes after a name is part of it");
    }

    #[test]
    fn an_error_shows_a_header_on_one_line() {
        let map = Parameter::Map(vec![]);
        let error = build("Ping", &[("X\r\nY", map)]).unwrap_err().to_string();
        assert!(error.contains(r"X\r\nY"), "{error}");
    }

    #[test]
    fn a_line_of_1022_bytes_passes_and_one_of_1023_does_not() {
        let longest = "v".repeat(ACTION_LINE_BYTES_MAX - 3);
        assert!(build("Ping", &[("X", one(&longest))]).is_ok());
        let error = build("Ping", &[("X", one(&format!("{longest}v")))]).unwrap_err();
        assert_eq!(error.to_string(), "header `X` makes a line of 1023 bytes, Asterisk takes 1022");
    }

    #[test]
    fn lines_are_counted_with_action_and_action_id() {
        let many = |count: usize| Parameter::Many(vec![b"v".to_vec(); count]);
        assert!(build("Ping", &[("X", many(126))]).is_ok());
        assert_eq!(
            build("Ping", &[("X", many(127))]).unwrap_err(),
            InvalidAction::TooManyLines { lines: 129 }
        );
    }

    #[test]
    fn what_the_client_does_itself_is_refused_from_users() {
        for (name, header) in [("login", "X"), ("CHALLENGE", "X"), ("Ping", "actionid"), ("Ping", "ACTION")] {
            assert!(
                matches!(build(name, &[(header, one("v"))]), Err(InvalidAction::Reserved(_))),
                "{name} {header}"
            );
        }
    }

    #[test]
    fn variables_of_originate_are_literal_and_escaped_one_a_line() {
        let map = Parameter::Map(vec![
            (b"A".to_vec(), br#"1,2"3\4"#.to_vec()),
            (b"__B".to_vec(), b"(x=y)".to_vec()),
        ]);
        let action = build("Originate", &[("variable", map)]).unwrap();
        assert!(wire(&action).contains("\r\nVariable: A=1\\,2\\\"3\\\\4\r\nVariable: __B=(x=y)\r\n"));
        let notify = Parameter::Map(vec![(b"X-A".to_vec(), b"a,b".to_vec())]);
        let action = build("PJSIPNotify", &[("Variable", notify)]).unwrap();
        assert!(wire(&action).contains("\r\nVariable: X-A=a\\,b\r\n"));
        let list = Parameter::Many(vec![b"A=1,2".to_vec(), b"B=".to_vec()]);
        let action = build("MessageSend", &[("Variable", list)]).unwrap();
        assert!(wire(&action).contains("\r\nVariable: A=1\\,2\r\nVariable: B=\r\n"));
    }

    #[test]
    fn a_variable_that_is_no_assignment_is_refused_without_showing_its_value() {
        for name in ["A,B", "A=B", "", " ", "A\"", "A\n"] {
            let map = Parameter::Map(vec![(name.as_bytes().to_vec(), b"hidden".to_vec())]);
            let error = build("Originate", &[("Variable", map)]).unwrap_err();
            assert!(matches!(error, InvalidAction::Variable { .. }), "{name}: {error}");
            assert!(!error.to_string().contains("hidden"));
        }
        assert!(build("Originate", &[("Variable", one("hidden"))]).is_err());
    }

    #[test]
    fn the_variable_of_every_other_action_goes_out_untouched() {
        let action = build("Getvar", &[("Variable", one("STRFTIME(0,UTC,%Y)"))]).unwrap();
        assert!(wire(&action).contains("\r\nVariable: STRFTIME(0,UTC,%Y)\r\n"));
        let map = Parameter::Map(vec![(b"A".to_vec(), b"1".to_vec())]);
        assert!(matches!(build("Setvar", &[("Variable", map)]), Err(InvalidAction::NamedValues { .. })));
    }

    #[test]
    fn a_log_line_hides_what_is_secret() {
        let action = build("Originate", &[("Secret", one("s3cret")), ("Channel", one("Local/1@a"))]).unwrap();
        assert_eq!(action.shown(&Redactor::default()), "Originate Secret=*** Channel=Local/1@a");
        assert_eq!(action.get(b"CHANNEL"), Some(b"Local/1@a".as_slice()));
        assert_eq!(format!("{action:?}"), "Originate [\"Secret\", \"Channel\"]");
        let setvar = build("Setvar", &[("Variable", one("PIN")), ("Value", one("4711"))]).unwrap();
        assert_eq!(setvar.shown(&Redactor::new(["pin"])), "Setvar Variable=PIN Value=***");
    }
}
