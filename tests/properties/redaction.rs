//! Secrets are not kept longer than needed, and their values are not logged under any spelling of their names.

use apn_ami::secret::{REDACTED, Redactor};
use apn_ami::wire::{Action, Parameter};

const SECRET: &str = "hunter2";

fn shown(name: &str, headers: &[(&str, &str)]) -> String {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), Parameter::One(value.as_bytes().to_vec())))
        .collect();
    let action =
        Action::new(name, headers.iter().map(|(name, value)| (*name, value))).expect("a fine action");
    let redactor = Redactor::new(["pin", "card*"]);
    format!("{} {action:?}", action.shown(&redactor))
}

#[test]
fn no_spelling_of_a_secret_header_shows_its_value() {
    for header in [
        "Secret",
        "SECRET",
        "secret",
        "Password",
        "NewPassword",
        "Key",
        "AuthSecret",
        "MD5Secret",
        "Md5Cred",
        "OAuthSecret",
        "RefreshToken",
        "Pin",
        "CardNumber",
        "CARD",
    ] {
        let text = shown("X", &[(header, SECRET), ("Channel", "PJSIP/a")]);
        assert!(!text.contains(SECRET) && text.contains(REDACTED) && text.contains("PJSIP/a"), "{text}");
    }
}

#[test]
fn no_spelling_of_a_secret_variable_shows_its_value() {
    for variable in ["PIN", "_PIN", "__PIN", "pin", "CARD_NO", "__Card", "secret", "Password"] {
        for (action, header) in [("Originate", "Variable"), ("Originate", "VARIABLE"), ("X", "ChanVariable")]
        {
            let text = shown(action, &[(header, &format!("{variable}={SECRET}"))]);
            assert!(!text.contains(SECRET), "{text}");
        }
        let text = shown("Setvar", &[("Variable", variable), ("Value", SECRET)]);
        assert!(!text.contains(SECRET), "{text}");
    }
}
