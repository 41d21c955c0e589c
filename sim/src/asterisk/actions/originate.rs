//! `Originate`: the checks before a call is made.

use std::time::Duration;

use crate::asterisk::args;
use crate::asterisk::classes::{Classes, is_true};
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::pbx::Pbx;
use crate::asterisk::pbx::calls::{Order, Target};
use crate::asterisk::pbx::channel::{Party, Place};
use crate::asterisk::request::Request;
use crate::asterisk::session::Hold;

/// Maximum length of channel names and caller ids. Asterisk copies them into `char tmp[256]`.
const COPIED_BYTES_MAX: usize = 255;
/// `AST_MAX_PUBLIC_UNIQUEID`.
const UNIQUE_ID_BYTES_MAX: usize = 149;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// Applications that can run other programs (main/manager.c, `is_originate_app_permitted`). They need the
/// class `system`.
const PROGRAM_APPLICATIONS: [&str; 9] =
    ["System", "TrySystem", "Exec", "TryExec", "ExecIf", "ExecIfTime", "AGI", "EAGI", "ExternalIVR"];

pub(super) fn originate(turn: &mut Turn<'_>, request: &Request) -> Next {
    match order(turn, request) {
        Err(message) => turn.error(request, message),
        Ok(order) if order.waiting.is_some() => {
            turn.pbx.start_call(order, turn.now);
            Next::Hold(Hold::Call)
        }
        Ok(order) => {
            turn.pbx.start_call(order, turn.now);
            turn.ack(request, "Originate successfully queued")
        }
    }
}

fn order(turn: &Turn<'_>, request: &Request) -> Result<Order, &'static str> {
    for id in ["ChannelId", "OtherChannelId"] {
        if request.header(id).len() > UNIQUE_ID_BYTES_MAX {
            return Err("Uniqueid length exceeds maximum of 149\n");
        }
    }
    let is_async = is_true(request.header("Async"));
    let priority = priority(request)?;
    let timeout = timeout(request)?;
    let channel = cut(request.header("Channel"));
    if !channel.contains(&b'/') {
        return Err("Invalid channel");
    }
    let (name, number) = args::caller_id(&cut(request.header("CallerID")));
    let target = target(turn, request, priority, is_async)?;
    Ok(Order {
        channel,
        caller: Party { name, number },
        target,
        account: request.header("Account").to_vec(),
        timeout,
        variables: args::variables(request.values("Variable")),
        channel_id: request.header("ChannelId").to_vec(),
        other_channel_id: request.header("OtherChannelId").to_vec(),
        waiting: (!is_async).then_some(turn.id),
        request: request.clone(),
    })
}

fn target(turn: &Turn<'_>, request: &Request, priority: i64, is_async: bool) -> Result<Target, &'static str> {
    let application = request.header("Application");
    if !application.is_empty() {
        let write = turn.session.login.as_ref().map(|login| login.write).unwrap_or_default();
        let runs_programs = PROGRAM_APPLICATIONS.iter().any(|name| {
            application.len() >= name.len() && application[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        });
        if runs_programs && !write.contains(Classes::SYSTEM) {
            return Err("Originate Access Forbidden: app or data blacklisted");
        }
        return Ok(Target::Application { name: application.to_vec(), data: request.header("Data").to_vec() });
    }
    let (context, exten) = (request.header("Context"), request.header("Exten"));
    if priority != 0 && (Pbx::lacks_extension(context, exten) || exten.is_empty()) {
        return Err("Extension does not exist.");
    }
    if priority == 0 && !is_async {
        return Err("Originate with 'Exten' requires 'Context' and 'Priority'");
    }
    Ok(Target::Place(Place {
        context: context.to_vec(),
        exten: exten.to_vec(),
        priority: priority.to_string().into_bytes(),
    }))
}

fn priority(request: &Request) -> Result<i64, &'static str> {
    match request.header("Priority") {
        b"" => Ok(0),
        text => args::leading_number(text).ok_or("Invalid priority"),
    }
}

fn timeout(request: &Request) -> Result<Duration, &'static str> {
    match request.header("Timeout") {
        b"" => Ok(DEFAULT_TIMEOUT),
        text => {
            let milliseconds = args::leading_number(text).ok_or("Invalid timeout")?;
            Ok(Duration::from_millis(milliseconds.try_into().unwrap_or(0)))
        }
    }
}

fn cut(value: &[u8]) -> Vec<u8> {
    value[..value.len().min(COPIED_BYTES_MAX)].to_vec()
}
