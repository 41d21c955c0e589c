//! `Challenge` and `Login`.

use md5::{Digest, Md5};

use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::options::Account;
use crate::asterisk::pbx::Pbx;
use crate::asterisk::pbx::security::Security;
use crate::asterisk::request::Request;
use crate::asterisk::session::Login;

impl Pbx {
    fn account(&self, user: &[u8]) -> Option<&Account> {
        self.options.accounts.iter().find(|account| account.user.as_bytes().eq_ignore_ascii_case(user))
    }

    /// True if this user is logged in and its account allows one session only.
    pub(crate) fn is_login_in_use(&self, user: &[u8]) -> bool {
        self.account(user).is_some_and(|account| {
            !account.multiple_logins && self.logged_in.contains_key(&account.user.to_ascii_lowercase())
        })
    }
}

pub(super) fn challenge(turn: &mut Turn<'_>, request: &Request) -> Next {
    if !request.header("AuthType").eq_ignore_ascii_case(b"MD5") {
        return turn.error(request, "Must specify AuthType");
    }
    // A second `Challenge` gets the same challenge, as in Asterisk.
    let random = &mut turn.pbx.random;
    let challenge = turn.session.challenge.get_or_insert_with(|| random.u32(..1 << 31).to_string()).clone();
    turn.say(&Block::response("Success", request).header("Challenge", challenge).end())
}

pub(super) fn login(turn: &mut Turn<'_>, request: &Request) -> Next {
    if turn.session.login.is_some() {
        return turn.ack(request, "Already authenticated");
    }
    let Some(account) = authenticated(turn, request) else {
        return turn.refuse_login(request, "Authentication failed");
    };
    let asked = Classes::from_mask(request.header("Events")).unwrap_or(Classes::ALL);
    let mask = account.read.intersection(asked);
    *turn.pbx.logged_in.entry(account.user.to_ascii_lowercase()).or_default() += 1;
    turn.session.login =
        Some(Login { user: account.user.clone(), read: account.read, write: account.write, mask });
    turn.ack(request, "Authentication accepted");
    if mask.contains(Classes::SYSTEM) && turn.pbx.is_booted(turn.now) {
        let fully_booted = turn.pbx.fully_booted(turn.now);
        turn.say(&fully_booted);
    }
    turn.report(Security::SuccessfulAuth, account.user.as_bytes());
    Next::Proceed
}

/// The account, if the secret or the key is right. Otherwise it reports a security event, except if the
/// session has no challenge.
fn authenticated(turn: &mut Turn<'_>, request: &Request) -> Option<Account> {
    let user = request.header("Username");
    let Some(account) = turn.pbx.account(user).filter(|_| !turn.pbx.refuses_logins).cloned() else {
        turn.report(Security::InvalidAccountId, user);
        return None;
    };
    if !request.header("AuthType").eq_ignore_ascii_case(b"MD5") {
        if request.header("Secret") == account.secret.as_bytes() {
            return Some(account);
        }
        turn.report(Security::InvalidPassword, user);
        return None;
    }
    // Asterisk compares the key byte by byte, so hex digits in upper case are wrong.
    let (challenge, response) = (turn.session.challenge.clone()?, request.header("Key"));
    let expected = key(&challenge, &account.secret);
    if response == expected.as_bytes() {
        return Some(account);
    }
    let (challenge, expected) = (challenge.as_bytes(), expected.as_bytes());
    turn.report(Security::ChallengeResponseFailed { challenge, response, expected }, user);
    None
}

fn key(challenge: &str, secret: &str) -> String {
    let digest = Md5::new().chain_update(challenge).chain_update(secret).finalize();
    format!("{:032x}", u128::from_be_bytes(digest.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_that_of_a_real_login() {
        assert_eq!(key("193318940", "s3cret"), "be794e1960f04871a6df9cefacef8340");
    }
}
