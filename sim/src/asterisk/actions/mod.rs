//! The actions.

mod channels;
mod command;
mod config;
mod database;
mod lists;
mod login;
mod oddities;
mod originate;
mod queues;
mod session;
mod variables;

pub(crate) use self::command::{Cli, Output};
pub(crate) use self::config::ConfigFiles;
pub(crate) use self::lists::{Item, Lists};
pub(crate) use self::session::fake_event;
use super::dispatch::{Next, Turn};
use super::request::Request;
use super::tables::{self, Action, TableAnswer};

pub(crate) fn find(name: &[u8]) -> Option<&'static Action> {
    tables::action(name)
}

pub(crate) fn run(action: &'static Action, turn: &mut Turn<'_>, request: &Request) -> Next {
    let missing = action.required.iter().find(|(header, _)| request.header(header).is_empty());
    if let Some((_, message)) = missing {
        return turn.error(request, message);
    }
    match &action.answer {
        TableAnswer::List(list) => lists::run(action.name, list, turn, request),
        TableAnswer::Message(message) if message.is_empty() => turn.success(request),
        TableAnswer::Message(message) => turn.ack(request, message),
        TableAnswer::Code => code(action.name, turn, request),
    }
}

/// Runs an action whose row in the table says `code`. A row without code is a bug of this crate.
fn code(name: &str, turn: &mut Turn<'_>, request: &Request) -> Next {
    match name {
        "AGI" => oddities::agi(turn, request),
        "Challenge" => login::challenge(turn, request),
        "Command" => command::command(turn, request),
        "CoreSettings" => oddities::core_settings(turn, request),
        "CoreShowChannels" => channels::core_show_channels(turn, request),
        "CoreStatus" => oddities::core_status(turn, request),
        "DataGet" => oddities::data_get(turn, request),
        "DBDel" => database::delete(turn, request),
        "DBDelTree" => database::delete_tree(turn, request),
        "DBGet" => database::get(turn, request),
        "DBGetTree" => database::get_tree(turn, request),
        "DBPut" => database::put(turn, request),
        "Events" => session::events(turn, request),
        "ExtensionState" => oddities::extension_state(turn, request),
        "FAXSession" => oddities::fax_session(turn, request),
        "FAXStats" => oddities::fax_stats(turn, request),
        "GetConfig" => config::get(turn, request),
        "GetConfigJSON" => config::get_json(turn, request),
        "Getvar" => variables::getvar(turn, request),
        "Hangup" | "PJSIPHangup" => channels::hangup(turn, request),
        "IAXnetstats" => oddities::iax_netstats(turn),
        "JabberSend" => oddities::jabber_send(turn, request),
        "ListCategories" => config::categories(turn, request),
        "ListCommands" => session::list_commands(turn, request),
        "Login" => login::login(turn, request),
        "Logoff" => session::logoff(turn, request),
        "MailboxCount" => oddities::mailbox_count(turn, request),
        "MailboxStatus" => oddities::mailbox_status(turn, request),
        "ModuleCheck" => oddities::module_check(turn, request),
        "Originate" => originate::originate(turn, request),
        "Ping" => session::ping(turn, request),
        "QueueAdd" => queues::add(turn, request),
        "QueueChangePriorityCaller" => queues::change_priority(turn, request),
        "QueueMemberRingInUse" => queues::ring_in_use(turn, request),
        "QueuePause" => queues::pause(turn, request),
        "QueuePenalty" => queues::penalty(turn, request),
        "QueueRemove" => queues::remove(turn, request),
        "QueueReset" => queues::reset(turn, request),
        "QueueRule" => oddities::queue_rule(turn, request),
        "QueueWithdrawCaller" => queues::withdraw(turn, request),
        "Queues" => oddities::queues(turn),
        "SIPqualifypeer" => oddities::sip_qualify_peer(turn, request),
        "SIPshowpeer" => oddities::sip_show_peer(turn, request),
        "Setvar" => variables::setvar(turn, request),
        "Status" => channels::status(turn, request),
        "UserEvent" => session::user_event(turn, request),
        "WaitEvent" => session::wait_event(turn, request),
        _ => unreachable!("actions.tsv leaves `{name}` to code that does not exist"),
    }
}
