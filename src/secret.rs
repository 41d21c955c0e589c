//! Values that must never be printed, and the rule that decides which header values are secret.

use std::fmt;

use zeroize::Zeroizing;

use crate::glob::Glob;

/// Patterns of names whose values are never shown: those of `Login`, of PJSIP's authentication objects, of
/// voicemail and of the security events. `php/Recording/SecretNames.php` is generated from the same file.
const NAMES: &str = include_str!("secret_names.txt");

/// The text shown in place of a secret value.
pub const REDACTED: &str = "***";

/// A password. `Debug` does not print it, it cannot be compared, and its memory is zeroed when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes ownership of the bytes.
    #[must_use]
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The bytes of the secret. Only the login may use this.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Decides which values a log may show. `Recording\Redactor` of the PHP library follows the same rule:
/// `tests/data/redaction.txt` tests both.
#[derive(Clone, Debug)]
pub struct Redactor {
    names: Vec<Glob>,
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new([""; 0])
    }
}

impl Redactor {
    /// `names` are names of headers or variables, in any case and with `*` as wildcard, in addition to the
    /// built-in ones.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let own = NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let given = names.into_iter().map(|name| Glob::any_case(name.as_ref()));
        Self { names: own.map(Glob::any_case).chain(given).collect() }
    }

    /// True if the value of this header or variable must not be shown.
    #[must_use]
    pub fn hides(&self, name: &[u8]) -> bool {
        // `_` and `__` before a variable's name let other channels inherit the variable.
        let name = &name[name.iter().take_while(|byte| **byte == b'_').count()..];
        self.names.iter().any(|glob| glob.matches(name))
    }

    /// Like `hides`, also for a text that contains names, such as `DB(alice/password)`.
    fn hides_part(&self, name: &[u8]) -> bool {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        self.hides(name) || name.split(|byte| !is_word(byte)).any(|part| self.hides(part))
    }

    /// The values of a message as a log may show them, in the order of its headers.
    #[must_use]
    pub fn shown(&self, headers: &[(&[u8], &[u8])]) -> Vec<String> {
        let is = |name: &[u8], wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        let has = |wanted: &str| headers.iter().any(|(name, _)| is(name, wanted));
        let names_secret =
            |wanted: &str| headers.iter().any(|(name, value)| is(name, wanted) && self.hides_part(value));
        // `Setvar` and `VarSet` have the variable's name in one header and its value in another. `DBPut` has
        // its key in another header.
        let is_secret_variable = names_secret("Variable");
        let is_secret_entry = names_secret("Family") || names_secret("Key");
        let is_entry = has("Family");
        // `UpdateConfig` also has name and value in different headers, related by a number.
        let is_secret_setting = |number: &[u8]| {
            headers.iter().any(|(name, value)| {
                numbered(name, "Var-") == Some(number) && (is(value, "register") || self.hides_part(value))
            })
        };
        let shown = |(name, value): &(&[u8], &[u8])| {
            let number = numbered(name, "Value-").or_else(|| numbered(name, "Match-"));
            let is_hidden = match () {
                () if is(name, "Key") && is_entry => false,
                () if is(name, "Value") && is_secret_variable => true,
                () if is(name, "Val") && is_secret_entry => true,
                () => number.is_some_and(is_secret_setting) || self.hides(name),
            };
            match () {
                () if is_hidden => REDACTED.to_owned(),
                () if is(name, "Command") => self.command(value),
                () => self.assignments(value, is(name, "Output")),
            }
        };
        headers.iter().map(shown).collect()
    }

    /// Hides everything after the first name of a secret in a command of Asterisk's CLI.
    fn command(&self, value: &[u8]) -> String {
        let mut words = value.split(|byte| *byte == b' ').map(String::from_utf8_lossy);
        let mut shown: Vec<_> = Vec::new();
        for word in words.by_ref() {
            let is_name = self.hides_part(word.as_bytes());
            shown.push(word);
            if is_name {
                break;
            }
        }
        shown.extend(words.next().map(|_| REDACTED.into()));
        shown.join(" ")
    }

    /// Hides the value of each `NAME=value` whose name is secret, wherever it is written. Several may stand
    /// side by side, as `Originate` reads them. In the output of a command also `name : value`.
    fn assignments(&self, value: &[u8], is_output: bool) -> String {
        let mut shown = Vec::with_capacity(value.len());
        let mut at = 0;
        // A hidden value continues until the next assignment.
        let mut hidden = false;
        while at < value.len() {
            let assigned = assignment(&value[at..], is_output);
            let end =
                value[at..].iter().position(|byte| is_comma(*byte)).map_or(value.len(), |comma| at + comma);
            match assigned {
                Some((name, length)) => {
                    hidden = self.hides_part(name);
                    shown.extend_from_slice(&value[at..at + length]);
                    shown.extend_from_slice(if hidden {
                        REDACTED.as_bytes()
                    } else {
                        &value[at + length..end]
                    });
                }
                None if !hidden => shown.extend_from_slice(&value[at..end]),
                None => {}
            }
            // A comma is kept if the text before it is shown, or if an assignment follows it.
            let next = value.get(end + 1..).unwrap_or_default();
            if end < value.len() && (!hidden || assignment(next, is_output).is_some()) {
                shown.push(value[end]);
            }
            at = end + 1;
        }
        String::from_utf8_lossy(&shown).into_owned()
    }
}

/// The rest of the name after `beginning`, which is a number.
fn numbered<'a>(name: &'a [u8], beginning: &str) -> Option<&'a [u8]> {
    let (start, number) = name.split_at_checked(beginning.len())?;
    start.eq_ignore_ascii_case(beginning.as_bytes()).then_some(number)
}

fn is_comma(byte: u8) -> bool {
    matches!(byte, b',' | b'|')
}

/// The name of an assignment at the beginning of the text, and the offset of its value.
fn assignment(text: &[u8], is_output: bool) -> Option<(&[u8], usize)> {
    let blanks = |from: usize| text[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/()".contains(&byte);
    let start = blanks(0);
    let length = text[start..].iter().take_while(|byte| is_name(**byte)).count();
    let name = &text[start..start + length];
    let sign = start + length + blanks(start + length);
    let is_sign = match text.get(sign)? {
        b'=' => true,
        b':' => is_output,
        _ => false,
    };
    (is_sign && !name.is_empty()).then(|| (name, sign + 1 + blanks(sign + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        assert_eq!(format!("{:?}", Secret::new("s3cret")), "***");
        assert_eq!(Secret::new("s3cret").expose(), b"s3cret");
    }

    /// The file holds messages with their headers as `Name: value`. ` => shown` follows a value that is shown
    /// differently.
    #[test]
    fn messages_are_shown_as_both_libraries_have_agreed() {
        let redactor = Redactor::new(["pin", "card_*"]);
        let text = std::fs::read_to_string("tests/data/redaction.txt").unwrap();
        let mut messages = 0;
        for block in text.split("\n\n").filter(|block| block.lines().any(|line| !line.starts_with('#'))) {
            let lines: Vec<_> = block.lines().filter(|line| !line.starts_with('#')).collect();
            let parsed: Vec<_> = lines
                .iter()
                .map(|line| {
                    let (line, shown) =
                        line.split_once(" => ").map_or((*line, None), |(line, shown)| (line, Some(shown)));
                    let (name, value) = line.split_once(": ").unwrap();
                    (name, value, shown.unwrap_or(value))
                })
                .collect();
            let headers: Vec<_> =
                parsed.iter().map(|(name, value, _)| (name.as_bytes(), value.as_bytes())).collect();
            let expected: Vec<_> = parsed.iter().map(|(_, _, shown)| *shown).collect();
            assert_eq!(redactor.shown(&headers), expected, "{block}");
            messages += 1;
        }
        assert!(messages > 20, "{messages} messages");
    }

    /// With `UPDATE_EXPECT=1` this test writes the class again.
    #[test]
    fn the_library_has_the_same_names() {
        const CLASS: &str = "php/Recording/SecretNames.php";
        let names = NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rows = names.fold(String::new(), |rows, name| format!("{rows}        '{name}',\n"));
        let expected = format!(
            "<?php\n\n// Made of src/secret_names.txt by a test of src/secret.rs: change that file, and run the test with UPDATE_EXPECT=1.\n\n\
             declare(strict_types=1);\n\nnamespace Apn\\AmiClient\\Recording;\n\n/**\n * Names whose values are never shown, * allowed.\n *\n \
             * @internal\n */\nfinal class SecretNames\n{{\n    public const array ALL = [\n{rows}    ];\n}}\n"
        );
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(CLASS, &expected).unwrap();
        }
        assert_eq!(std::fs::read_to_string(CLASS).unwrap(), expected);
    }
}
