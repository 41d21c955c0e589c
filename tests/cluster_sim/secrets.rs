//! Whole sessions at the most verbose log level: no record, error or debug output contains a secret.

use apn_ami::error::InvalidAction;
use apn_ami::limits::{ClusterLimits, Limits};
use apn_ami::node::CompletionPolicy;
use apn_ami::record::{Field, Level};
use apn_ami::settings::{AuthMethod, ServerSettings};
use apn_ami::wire::{Action, Parameter};
use apn_sim::asterisk::{Account, Answer as Canned, Options};
use apn_sim::link::LinkOptions;

use crate::harness::{Harness, Setup, action, ended, millis, seconds};

const PASSWORD: &str = "hunter2-login";
const PIN: &str = "4711-pin-of-a-caller";
const CARD: &str = "4111-1111-card";

/// Checks all output for secrets.
#[derive(Default)]
struct Printed {
    bytes: usize,
}

impl Printed {
    fn look(&mut self, harness: &mut Harness) {
        self.add(&format!("{:?} {:?} {:?}", harness.client.cluster(), harness.health(0), harness.metrics(0)));
        for record in std::mem::take(&mut harness.records) {
            self.add(&format!("{record:?} {}", record.what.message()));
            for (name, field) in record.what.fields() {
                let Field::Text(text) = field else { continue };
                self.add(&format!("{name}={text}"));
            }
        }
    }

    /// Fails if the text contains a secret, as text or as the list of numbers that a derived `Debug` prints
    /// for bytes.
    fn add(&mut self, text: &str) {
        for secret in [PASSWORD, PIN, CARD] {
            let numbers = format!("{:?}", secret.as_bytes());
            let numbers = numbers.trim_matches(['[', ']']);
            assert!(!text.contains(secret) && !text.contains(numbers), "{secret} in {text}");
        }
        self.bytes += text.len();
    }
}

fn setup(auth: AuthMethod, buffer_bytes: usize) -> Setup {
    Setup {
        auth,
        secret: PASSWORD.to_owned(),
        fake: Options { accounts: vec![Account::new("admin", PASSWORD)], ..Options::default() },
        links: LinkOptions { buffer_bytes, ..LinkOptions::default() },
        cluster: ClusterLimits { redaction_keys: vec!["pin".into(), "CARD*".into()], ..Default::default() },
        log: Some(Level::Debug),
        ..Setup::default()
    }
}

/// Logs in, sends secrets in every possible way, loses the session and is refused. Returns the number of
/// bytes checked.
fn session(setup: Setup) -> usize {
    let (mut harness, mut printed) = (Harness::new(setup), Printed::default());
    harness.open(0);
    while !harness.is_ready(0) {
        harness.step(millis(1));
        printed.look(&mut harness);
    }
    harness.fake(0).respond("Echo", Canned::new([("Secret", PASSWORD), ("AuthSecret", PIN)]));
    harness.fake(0).respond("Deny", Canned::error("No").event([("Event", "X"), ("Password", PASSWORD)]));
    let (secret, inherited) = (format!("PIN={PIN}"), format!("__Card_Number={CARD}"));
    let call = [
        ("Channel", "PJSIP/a"),
        ("Application", "Wait"),
        ("Variable", secret.as_str()),
        ("Variable", inherited.as_str()),
    ];
    let setting = [
        ("SrcFilename", "pjsip.conf"),
        ("Action-000000", "Update"),
        ("Var-000000", "password"),
        ("Value-000000", PASSWORD),
        ("Match-000000", PIN),
    ];
    let auth = [("Event", "AuthDetail"), ("Password", PASSWORD), ("Md5Cred", PIN), ("OauthSecret", CARD)];
    let list = Canned::new([("EventList", "start")]).event(auth).event([
        ("Event", "OutboundRegistrationDetailComplete"),
        ("EventList", "Complete"),
        ("ListItems", "1"),
    ]);
    harness.fake(0).respond("PJSIPShowRegistrationsOutbound", list);
    let (both, command) =
        (format!("A=1,pin={PIN},{CARD}"), format!("database put SIP a/password {PASSWORD}"));
    let sent = [
        harness.send(0, "UpdateConfig", &setting),
        harness.send(0, "DBPut", &[("Family", "SIP"), ("Key", "a/secret"), ("Val", PASSWORD)]),
        harness.send(0, "Setvar", &[("Variable", "DB(a/password)"), ("Value", PASSWORD)]),
        harness.send(0, "Command", &[("Command", command.as_str())]),
        harness.send(
            0,
            "Originate",
            &[("Channel", "PJSIP/a"), ("Application", "Wait"), ("Variable", both.as_str())],
        ),
        harness.send(0, "Echo", &[("AuthPassword", PASSWORD), ("ClientSecret", PIN), ("VMSecret", CARD)]),
        harness.send(0, "PJSIPShowRegistrationsOutbound", &[]),
        harness.send(0, "Echo", &[("Secret", PASSWORD), ("Password", PIN)]),
        harness.send(0, "Deny", &[("Key", PASSWORD)]),
        harness.send(0, "NoSuchAction", &[("AuthSecret", PASSWORD)]),
        harness.send(0, "Originate", &call),
        harness.send(0, "Setvar", &[("Variable", "CARD"), ("Value", CARD)]),
        harness.send(0, "UserEvent", &[("UserEvent", "Paid"), ("Card", CARD), ("Pin", PIN)]),
    ];
    while sent.iter().any(|ticket| ticket.cell.outcome().is_none()) {
        harness.step(seconds(1));
        printed.look(&mut harness);
    }
    for ticket in &sent {
        printed.add(&format!("{ticket:?}"));
        match ended(&ticket.cell) {
            Ok(answer) => printed.add(&format!("{answer:?}")),
            Err(error) => printed.add(&format!("{error} {error:?}")),
        }
    }
    // The session is lost with actions in the outbox. Further actions are refused because the outbox is full
    // and because the server is not Ready.
    let site = harness.site(0);
    harness.world().stall(site, true);
    let full = loop {
        let action = action("Echo", &[("Secret", PASSWORD), ("Variable", secret.as_str())]);
        printed.add(&format!("{action:?}"));
        match harness.send_with(0, &action, &CompletionPolicy::default()) {
            Ok(ticket) => printed.add(&format!("{ticket:?}")),
            Err(error) => break error,
        }
        printed.look(&mut harness);
    };
    printed.add(&format!("{full} {full:?}"));
    harness.step(millis(1));
    printed.look(&mut harness);
    harness.fake(0).refuse_logins(true);
    harness.world().reset(site);
    harness.run(seconds(10));
    printed.look(&mut harness);
    let refused =
        harness.send_with(0, &action("Echo", &[("Secret", PASSWORD)]), &CompletionPolicy::default());
    printed.add(&format!("{refused:?}"));
    for seen in &harness.watch(0).seen {
        printed.add(&format!("{seen:?}"));
    }
    printed.bytes
}

#[test]
fn no_record_no_error_and_no_debug_output_of_a_session_holds_a_secret() {
    let mut looked_at = 0;
    for auth in [AuthMethod::Plain, AuthMethod::Md5] {
        // Over a link of few bytes, logins and actions stay in the client's buffers for many steps.
        for buffer_bytes in [2 * 1_024 * 1_024, 24] {
            let limits = Limits { outbox_bytes_max: 4_096, ..Limits::default() };
            looked_at += session(Setup { limits, ..setup(auth, buffer_bytes) });
        }
    }
    crate::harness::saw(1, &format!("{looked_at} bytes of output of four sessions, not one secret"));
}

#[test]
fn settings_and_refused_actions_do_not_print_what_was_given() {
    let mut printed = Printed::default();
    let secret = apn_ami::secret::Secret::new(PASSWORD);
    let settings = ServerSettings::new("a", "h", 5_038, "admin", secret).expect("fine settings");
    printed.add(&format!("{settings:?}"));
    let broken = apn_ami::secret::Secret::new(format!("{PASSWORD}\n"));
    let error = ServerSettings::new("a", "h", 5_038, "admin", broken).expect_err("a line end");
    printed.add(&format!("{error} {error:?}"));
    let refused = |name: &str, header: &str, value: Parameter| -> InvalidAction {
        Action::new(name, [(header.as_bytes(), &value)]).expect_err("no Asterisk would take it")
    };
    let long = format!("{PASSWORD}{}", "x".repeat(1_100));
    for error in [
        refused("Login", "Secret", Parameter::One(PASSWORD.into())),
        refused("Echo", "Secret", Parameter::One(format!("{PASSWORD}\r\nX: y").into())),
        refused("Echo", "Secret", Parameter::One(long.into())),
        refused("Echo", "ActionID", Parameter::One(PASSWORD.into())),
        refused("Originate", "Variable", Parameter::One(CARD.into())),
        refused("Originate", "Variable", Parameter::Map(vec![(b"A B\n".to_vec(), CARD.into())])),
    ] {
        printed.add(&format!("{error} {error:?}"));
    }
    crate::harness::saw(1, "settings, two errors of theirs, six refused actions");
}
