//! What each action does.

mod command;
mod lists;
mod login;
mod originate;
mod session;

pub(crate) use self::command::{Cli, Output};
pub(crate) use self::lists::{Item, Lists};
use super::dispatch::{Next, Turn};
use super::request::Request;
use super::tables::{self, Action, Answer};

pub(crate) fn find(name: &[u8]) -> Option<&'static Action> {
    tables::action(name)
}

pub(crate) fn run(action: &'static Action, turn: &mut Turn<'_>, request: &Request) -> Next {
    let missing = action.required.iter().find(|(header, _)| request.header(header).is_empty());
    if let Some((_, message)) = missing {
        return turn.error(request, message);
    }
    match &action.answer {
        Answer::List(list) => lists::run(action.name, list, turn, request),
        Answer::Message(message) if message.is_empty() => turn.success(request),
        Answer::Message(message) => turn.ack(request, message),
        Answer::Code => code(action.name, turn, request),
    }
}

fn code(name: &str, turn: &mut Turn<'_>, request: &Request) -> Next {
    match name {
        "Challenge" => login::challenge(turn, request),
        "Login" => login::login(turn, request),
        "Logoff" => session::logoff(turn, request),
        "Ping" => session::ping(turn, request),
        "Events" => session::events(turn, request),
        "ListCommands" => session::list_commands(turn, request),
        "UserEvent" => session::user_event(turn, request),
        "WaitEvent" => session::wait_event(turn, request),
        "Command" => command::command(turn, request),
        "Originate" => originate::originate(turn, request),
        _ => turn.success(request),
    }
}
