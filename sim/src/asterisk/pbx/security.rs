//! Security events: logins, failed logins and refused requests.

use std::time::Instant;

use super::Pbx;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;
use crate::asterisk::session::SessionId;

/// A kind of security event with its own headers (`main/security_events.c`).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Security<'a> {
    SuccessfulAuth,
    InvalidAccountId,
    InvalidPassword,
    /// This event has a header named `Response`. Of the other events only `OriginateResponse` has one.
    ChallengeResponseFailed {
        challenge: &'a [u8],
        response: &'a [u8],
        expected: &'a [u8],
    },
    SessionLimit,
    RequestBadFormat(&'a [u8]),
    RequestNotAllowed(&'a [u8]),
}

impl Security<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::SuccessfulAuth => "SuccessfulAuth",
            Self::InvalidAccountId => "InvalidAccountID",
            Self::InvalidPassword => "InvalidPassword",
            Self::ChallengeResponseFailed { .. } => "ChallengeResponseFailed",
            Self::SessionLimit => "SessionLimit",
            Self::RequestBadFormat(_) => "RequestBadFormat",
            Self::RequestNotAllowed(_) => "RequestNotAllowed",
        }
    }

    fn severity(self) -> &'static str {
        if matches!(self, Self::SuccessfulAuth) { "Informational" } else { "Error" }
    }

    fn own_headers(self, block: Block) -> Block {
        match self {
            Self::SuccessfulAuth => block.header("UsingPassword", "0"),
            Self::InvalidAccountId | Self::InvalidPassword | Self::SessionLimit => block,
            Self::ChallengeResponseFailed { challenge, response, expected } => block
                .header("Challenge", challenge)
                .header("Response", response)
                .header("ExpectedResponse", expected),
            Self::RequestBadFormat(action) | Self::RequestNotAllowed(action) => {
                block.header("RequestType", action)
            }
        }
    }
}

impl Pbx {
    pub(crate) fn report_security(
        &mut self,
        what: Security<'_>,
        user: &[u8],
        session: SessionId,
        now: Instant,
    ) {
        let time = self.event_time(now);
        let body = Block::new()
            .header("EventTV", &time)
            .header("Severity", what.severity())
            .header("Service", "AMI")
            .header("EventVersion", "1")
            .header("AccountID", user)
            .header("SessionID", format!("{:#014x}", 0x7f86_0000_0000_u64 + session.0 * 0x10))
            .header("LocalAddress", "IPV4/TCP/127.0.0.1/5038")
            .header("RemoteAddress", format!("IPV4/TCP/127.0.0.1/{}", 40_000 + session.0 % 20_000));
        let body = what.own_headers(body).header("SessionTV", &time);
        self.emit(what.name(), Classes::SECURITY, body, now);
    }

    fn event_time(&self, now: Instant) -> String {
        format!("{}.{:03}+0000", self.clock.date_time(now), self.clock.unix(now).subsec_millis())
    }
}
