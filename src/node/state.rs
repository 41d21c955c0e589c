//! The states of a session, and the one function that changes them.

use std::time::{Duration, Instant};

use crate::limits::{BANNER_QUIET, LONGEST};
use crate::settings::AuthMethod;
use crate::vocabulary::{ConnectionState, DisconnectReason};
use crate::wire::Message;

/// State of a session. Each state owns the data that only it needs.
///
/// ```text
///               name known          TCP, TLS up        banner            Success
/// Disconnected ─▶ Resolving ─▶ Connecting ─▶ Connected ─▶ Authenticating ─▶ Ready ─▶ Closing
///      ▲             │             │             │              │             │         │ Goodbye,
///      └─────────────┴─────────────┴─────────────┴──────────────┴─────────────┴─────────┘ grace over
///          refused, time over, EOF, reset, login refused, no byte for read_timeout, close
/// ```
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    Disconnected,
    /// Name lookup and TCP share one deadline.
    Resolving {
        until: Instant,
    },
    Connecting {
        until: Instant,
    },
    /// Banner and login share one deadline.
    Connected {
        until: Instant,
        link: LinkPrivacy,
        /// When a late banner is reported: once, and only for links without TLS.
        late_at: Option<Instant>,
    },
    Authenticating {
        until: Instant,
        link: LinkPrivacy,
        step: LoginStep,
    },
    Ready,
    /// The `Logoff` with this sequence was sent.
    Closing {
        until: Instant,
        logoff: u64,
    },
}

/// Whether the secret may be sent in plain text over this link without the setting `AuthMethod::Plain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPrivacy {
    /// TLS, or loopback.
    Private,
    /// Any other link.
    Open,
}

/// Which answer the login waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoginStep {
    Challenge { sequence: u64 },
    Verdict { sequence: u64 },
}

/// An input to the state machine.
pub(super) enum Input<'a> {
    Start,
    /// The host name is known, and TCP is being set up.
    Resolved,
    LinkUp(LinkPrivacy),
    Banner(&'a [u8]),
    /// A response with the id of our `Challenge` or `Login`.
    LoginAnswer {
        sequence: u64,
        response: &'a Message,
    },
    /// `Response: Goodbye` with this id. It ends the session only as the answer to the `Logoff` that was sent. After a
    /// `Goodbye` to another action, the session lasts until the connection ends.
    Goodbye {
        sequence: u64,
    },
    LinkDown {
        reason: DisconnectReason,
        detail: String,
    },
    /// The deadline of the state has passed.
    Deadline,
    /// No byte was received for too long.
    Silent,
    /// The caller closes the session: log off, and wait this long for the answer.
    Close {
        grace: Duration,
    },
}

/// A request that a transition makes. Requests are performed in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    OpenLink,
    SendChallenge,
    SendLoginPlain,
    SendLoginMd5 {
        challenge: Vec<u8>,
    },
    SendLogoff,
    TellBannerLate,
    LoggedIn,
    /// The session is over, for this reason.
    End {
        reason: DisconnectReason,
        detail: String,
    },
}

/// The settings that a transition needs, and the next sequence.
pub(super) struct Terms {
    pub(super) auth: AuthMethod,
    pub(super) is_tls: bool,
    pub(super) connect_timeout: Duration,
    pub(super) login_timeout: Duration,
    /// The sequence of the next action.
    pub(super) next_sequence: u64,
}

impl State {
    pub(super) fn shown(&self) -> ConnectionState {
        match self {
            Self::Disconnected => ConnectionState::Disconnected,
            Self::Resolving { .. } => ConnectionState::Resolving,
            Self::Connecting { .. } => ConnectionState::Connecting,
            Self::Connected { .. } => ConnectionState::Connected,
            Self::Authenticating { .. } => ConnectionState::Authenticating,
            Self::Ready => ConnectionState::Ready,
            Self::Closing { .. } => ConnectionState::Closing,
        }
    }

    /// Deadline of the state. `Ready` has none: its end is decided by `Liveness`.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Disconnected | Self::Ready => None,
            Self::Resolving { until }
            | Self::Connecting { until }
            | Self::Connected { until, late_at: None, .. }
            | Self::Authenticating { until, .. }
            | Self::Closing { until, .. } => Some(*until),
            Self::Connected { until, late_at: Some(late_at), .. } => Some(*late_at.min(until)),
        }
    }

    /// Applies an input, returns the next state and appends the effects to `out`. Pure.
    #[must_use]
    pub(super) fn on(self, input: Input<'_>, terms: &Terms, now: Instant, out: &mut Vec<Effect>) -> Self {
        match (self, input) {
            (Self::Disconnected, Input::Start) => {
                out.push(Effect::OpenLink);
                Self::Resolving { until: now + terms.connect_timeout }
            }
            (Self::Resolving { until }, Input::Resolved) => Self::Connecting { until },
            (Self::Resolving { .. } | Self::Connecting { .. }, Input::LinkUp(link)) => {
                let late_at = (!terms.is_tls).then(|| now + BANNER_QUIET);
                Self::Connected { until: now + terms.login_timeout, link, late_at }
            }
            (Self::Connected { until, link, .. }, Input::Banner(banner)) => {
                Self::on_banner(until, link, banner, terms, out)
            }
            (Self::Authenticating { until, link, step }, Input::LoginAnswer { sequence, response }) => {
                Self::on_login_answer(until, link, step, sequence, response, terms, out)
            }
            (Self::Ready, Input::Close { grace }) => {
                out.push(Effect::SendLogoff);
                Self::Closing { until: now + grace.min(LONGEST), logoff: terms.next_sequence }
            }
            (
                Self::Resolving { .. }
                | Self::Connecting { .. }
                | Self::Connected { .. }
                | Self::Authenticating { .. },
                Input::Close { .. },
            ) => Self::end(DisconnectReason::Requested, "closed", out),
            // A second `Close` may shorten the wait for `Goodbye`, but never extends it.
            (Self::Closing { until, logoff }, Input::Close { grace }) => {
                Self::Closing { until: until.min(now + grace.min(LONGEST)), logoff }
            }
            // The caller asked for the end, so that is the reason, whatever ends a closing session.
            (Self::Closing { .. }, Input::LinkDown { .. } | Input::Deadline) => {
                Self::end(DisconnectReason::Requested, "closed", out)
            }
            (Self::Closing { logoff, .. }, Input::Goodbye { sequence }) if sequence == logoff => {
                Self::end(DisconnectReason::Requested, "closed", out)
            }
            (Self::Connected { .. }, Input::LinkDown { reason: DisconnectReason::PeerClosed, .. }) => {
                Self::end(
                    DisconnectReason::AuthLimit,
                    "closed without a banner: authlimit of manager.conf is reached, or an address rule",
                    out,
                )
            }
            (
                Self::Resolving { .. }
                | Self::Connecting { .. }
                | Self::Connected { .. }
                | Self::Authenticating { .. }
                | Self::Ready,
                Input::LinkDown { reason, detail },
            ) => Self::end(reason, detail, out),
            (Self::Resolving { .. }, Input::Deadline) => {
                Self::end(DisconnectReason::ConnectTimeout, "the name was not resolved in time", out)
            }
            (Self::Connecting { .. }, Input::Deadline) => {
                Self::end(DisconnectReason::ConnectTimeout, "no connection in time", out)
            }
            (Self::Connected { until, link, .. }, Input::Deadline) => {
                Self::without_banner(until, link, terms, now, out)
            }
            (Self::Authenticating { .. }, Input::Deadline) => {
                Self::end(DisconnectReason::LoginTimeout, "no answer to the login in time", out)
            }
            (Self::Ready, Input::Silent) => Self::end(DisconnectReason::ReadTimeout, "no byte in time", out),
            // Inputs that a state does not expect are ignored. There is only one banner, a late answer to a login
            // changes nothing, and a session that is over takes no input but `Start`.
            (
                state @ (Self::Resolving { .. }
                | Self::Connecting { .. }
                | Self::Connected { .. }
                | Self::Authenticating { .. }
                | Self::Ready
                | Self::Closing { .. }),
                Input::Start
                | Input::Resolved
                | Input::LinkUp(_)
                | Input::Banner(_)
                | Input::LoginAnswer { .. },
            )
            | (
                state @ (Self::Resolving { .. }
                | Self::Connecting { .. }
                | Self::Connected { .. }
                | Self::Authenticating { .. }),
                Input::Goodbye { .. } | Input::Silent,
            )
            | (state @ Self::Closing { .. }, Input::Goodbye { .. } | Input::Silent)
            | (state @ Self::Ready, Input::Goodbye { .. } | Input::Deadline)
            | (
                state @ Self::Disconnected,
                Input::Resolved
                | Input::LinkUp(_)
                | Input::Banner(_)
                | Input::LoginAnswer { .. }
                | Input::Goodbye { .. }
                | Input::LinkDown { .. }
                | Input::Deadline
                | Input::Silent
                | Input::Close { .. },
            ) => state,
        }
    }

    /// A deadline of `Connected` has passed: that for reporting a late banner, or that of the login.
    fn without_banner(
        until: Instant,
        link: LinkPrivacy,
        terms: &Terms,
        now: Instant,
        out: &mut Vec<Effect>,
    ) -> Self {
        if now < until {
            out.push(Effect::TellBannerLate);
            return Self::Connected { until, link, late_at: None };
        }
        let why = if terms.is_tls { "" } else { ": perhaps the port wants TLS" };
        Self::end(DisconnectReason::LoginTimeout, format!("no banner in time{why}"), out)
    }

    fn on_banner(
        until: Instant,
        link: LinkPrivacy,
        banner: &[u8],
        terms: &Terms,
        out: &mut Vec<Effect>,
    ) -> Self {
        if !String::from_utf8_lossy(banner).contains("Call Manager") {
            let start = String::from_utf8_lossy(&banner[..banner.len().min(40)]).escape_debug().to_string();
            return Self::end(
                DisconnectReason::Refused,
                format!("what listens is not AMI: it says \"{start}\""),
                out,
            );
        }
        let sequence = terms.next_sequence;
        let step = match terms.auth {
            AuthMethod::Auto | AuthMethod::Md5 => {
                out.push(Effect::SendChallenge);
                LoginStep::Challenge { sequence }
            }
            AuthMethod::Plain => {
                out.push(Effect::SendLoginPlain);
                LoginStep::Verdict { sequence }
            }
        };
        Self::Authenticating { until, link, step }
    }

    fn on_login_answer(
        until: Instant,
        link: LinkPrivacy,
        step: LoginStep,
        answered: u64,
        response: &Message,
        terms: &Terms,
        out: &mut Vec<Effect>,
    ) -> Self {
        let is_success = response.name().eq_ignore_ascii_case(b"Success");
        let verdict = LoginStep::Verdict { sequence: terms.next_sequence };
        match step {
            LoginStep::Challenge { sequence } | LoginStep::Verdict { sequence } if sequence != answered => {
                Self::Authenticating { until, link, step }
            }
            LoginStep::Verdict { .. } if is_success => {
                out.push(Effect::LoggedIn);
                Self::Ready
            }
            LoginStep::Verdict { .. } => {
                let (reason, detail) = super::login::refusal(response);
                Self::end(reason, detail, out)
            }
            LoginStep::Challenge { .. } => match response.get(b"Challenge") {
                Some(challenge) if is_success && !challenge.is_empty() => {
                    out.push(Effect::SendLoginMd5 { challenge: challenge.into_owned() });
                    Self::Authenticating { until, link, step: verdict }
                }
                _ if terms.auth == AuthMethod::Auto && link == LinkPrivacy::Private => {
                    out.push(Effect::SendLoginPlain);
                    Self::Authenticating { until, link, step: verdict }
                }
                _ => Self::end(
                    DisconnectReason::AuthFailed,
                    "the server has no MD5 challenge, and a plain login is only tried by itself over TLS or \
                     loopback: set auth to plain",
                    out,
                ),
            },
        }
    }

    fn end(reason: DisconnectReason, detail: impl Into<String>, out: &mut Vec<Effect>) -> Self {
        out.push(Effect::End { reason, detail: detail.into() });
        Self::Disconnected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixture {
        state: State,
        terms: Terms,
        now: Instant,
    }

    impl Fixture {
        fn new(auth: AuthMethod) -> Self {
            let second = Duration::from_secs(1);
            let terms = Terms {
                auth,
                is_tls: false,
                connect_timeout: 10 * second,
                login_timeout: 5 * second,
                next_sequence: 1,
            };
            Self { state: State::Disconnected, terms, now: Instant::now() }
        }

        fn on(&mut self, input: Input<'_>) -> Vec<Effect> {
            let mut out = Vec::new();
            let state = std::mem::replace(&mut self.state, State::Disconnected);
            self.state = state.on(input, &self.terms, self.now, &mut out);
            let sends = |effect: &&Effect| {
                matches!(effect, Effect::SendChallenge | Effect::SendLoginPlain | Effect::SendLoginMd5 { .. })
            };
            self.terms.next_sequence += out.iter().filter(sends).count() as u64;
            out
        }

        fn up(&mut self, link: LinkPrivacy) -> Vec<Effect> {
            self.on(Input::Start);
            self.on(Input::Resolved);
            self.on(Input::LinkUp(link));
            self.on(Input::Banner(b"Asterisk Call Manager/11.0.0"))
        }

        fn answer(&mut self, sequence: u64, text: &str) -> Vec<Effect> {
            let response = Message::from_frame(text.as_bytes());
            self.on(Input::LoginAnswer { sequence, response: &response })
        }
    }

    fn ended(effects: &[Effect]) -> DisconnectReason {
        match effects {
            [Effect::End { reason, .. }] => *reason,
            other => panic!("expected one ending, got {other:?}"),
        }
    }

    #[test]
    fn an_md5_login_goes_by_challenge_to_ready() {
        let mut fixture = Fixture::new(AuthMethod::Auto);
        assert_eq!(fixture.up(LinkPrivacy::Open), [Effect::SendChallenge]);
        let effects = fixture.answer(1, "Response: Success\r\nChallenge: 123\r\n");
        assert_eq!(effects, [Effect::SendLoginMd5 { challenge: b"123".to_vec() }]);
        assert_eq!(
            fixture.answer(2, "Response: Success\r\nMessage: Authentication accepted\r\n"),
            [Effect::LoggedIn]
        );
        assert_eq!(fixture.state, State::Ready);
    }

    #[test]
    fn plain_text_is_the_way_out_only_over_a_private_link() {
        let refused = "Response: Error\r\nMessage: Invalid/unknown command\r\n";
        let mut fixture = Fixture::new(AuthMethod::Auto);
        fixture.up(LinkPrivacy::Private);
        assert_eq!(fixture.answer(1, refused), [Effect::SendLoginPlain]);
        for (auth, link) in [(AuthMethod::Auto, LinkPrivacy::Open), (AuthMethod::Md5, LinkPrivacy::Private)] {
            let mut fixture = Fixture::new(auth);
            fixture.up(link);
            assert_eq!(ended(&fixture.answer(1, refused)), DisconnectReason::AuthFailed);
        }
    }

    #[test]
    fn every_way_a_login_fails_has_its_own_reason() {
        let mut fixture = Fixture::new(AuthMethod::Plain);
        assert_eq!(fixture.up(LinkPrivacy::Open), [Effect::SendLoginPlain]);
        let answer = "Response: Error\r\nMessage: Authentication failed\r\n";
        assert_eq!(ended(&fixture.answer(1, answer)), DisconnectReason::AuthFailed);

        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.up(LinkPrivacy::Open);
        let in_use = "Response: Error\r\nMessage: Login Already In Use\r\n";
        assert_eq!(ended(&fixture.answer(1, in_use)), DisconnectReason::LoginInUse);

        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.on(Input::Start);
        fixture.on(Input::LinkUp(LinkPrivacy::Open));
        let closed = Input::LinkDown { reason: DisconnectReason::PeerClosed, detail: String::new() };
        assert_eq!(ended(&fixture.on(closed)), DisconnectReason::AuthLimit);

        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.on(Input::Start);
        fixture.on(Input::LinkUp(LinkPrivacy::Open));
        assert_eq!(ended(&fixture.on(Input::Banner(b"SSH-2.0-OpenSSH"))), DisconnectReason::Refused);

        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.up(LinkPrivacy::Open);
        assert_eq!(ended(&fixture.on(Input::Deadline)), DisconnectReason::LoginTimeout);
    }

    #[test]
    fn an_answer_to_an_older_action_does_not_log_in() {
        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.up(LinkPrivacy::Open);
        assert_eq!(fixture.answer(7, "Response: Success\r\n"), []);
        assert_eq!(fixture.state.shown(), ConnectionState::Authenticating);
    }

    #[test]
    fn closing_waits_for_goodbye_and_no_longer_than_its_grace() {
        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.up(LinkPrivacy::Open);
        fixture.answer(1, "Response: Success\r\n");
        assert_eq!(fixture.on(Input::Close { grace: Duration::from_secs(1) }), [Effect::SendLogoff]);
        assert_eq!(fixture.state.deadline(), Some(fixture.now + Duration::from_secs(1)));
        assert_eq!(ended(&fixture.on(Input::Goodbye { sequence: 2 })), DisconnectReason::Requested);
        assert_eq!(fixture.state, State::Disconnected);
    }

    #[test]
    fn a_goodbye_to_anything_but_our_logoff_ends_nothing() {
        let mut fixture = Fixture::new(AuthMethod::Plain);
        fixture.up(LinkPrivacy::Open);
        assert_eq!(fixture.on(Input::Goodbye { sequence: 1 }), []);
        fixture.answer(1, "Response: Success\r\n");
        assert_eq!(fixture.on(Input::Goodbye { sequence: 1 }), []);
        assert_eq!(fixture.state, State::Ready);
        fixture.on(Input::Close { grace: Duration::from_secs(1) });
        assert_eq!(fixture.on(Input::Goodbye { sequence: 1 }), []);
        assert_eq!(fixture.state.shown(), ConnectionState::Closing);
    }

    #[test]
    fn every_state_but_ready_and_disconnected_has_a_deadline() {
        let mut fixture = Fixture::new(AuthMethod::Plain);
        assert_eq!(fixture.state.deadline(), None);
        fixture.on(Input::Start);
        assert_eq!(fixture.state.deadline(), Some(fixture.now + Duration::from_secs(10)));
        fixture.on(Input::LinkUp(LinkPrivacy::Open));
        let (up, time) = (fixture.now, Duration::from_secs(5));
        assert_eq!(fixture.state.deadline(), Some(up + BANNER_QUIET));
        fixture.now += BANNER_QUIET;
        assert_eq!(fixture.on(Input::Deadline), [Effect::TellBannerLate]);
        assert_eq!(fixture.state.deadline(), Some(up + time));
        fixture.on(Input::Banner(b"Asterisk Call Manager/11.0.0"));
        assert!(fixture.state.deadline().is_some());
        fixture.answer(1, "Response: Success\r\n");
        assert_eq!(fixture.state.deadline(), None);
    }
}
