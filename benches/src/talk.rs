//! Two phones that talk to each other, as a live model is told of them.

use apn_ami::live::{Live, Moment};

/// Tells of call number `call`: its two channels, the dial, the answer, the bridge.
pub(crate) fn talk(live: &mut Live, call: usize, at: Moment) {
    let (one, other) = (2 * call, 2 * call + 1);
    let state = |number: usize, state: u8| {
        let (own, far) = if number == one { ("2001", "2002") } else { ("2002", "2001") };
        format!(
            "Channel: PJSIP/phone{own}-{number:08x}\r\nChannelState: {state}\r\nChannelStateDesc: X\r\n\
             CallerIDNum: {own}\r\nCallerIDName: Somebody {own}\r\nConnectedLineNum: {far}\r\n\
             ConnectedLineName: Somebody {far}\r\nLanguage: en\r\nAccountCode: sales\r\nContext: from-internal\r\n\
             Exten: {far}\r\nPriority: 1\r\nUniqueid: 1795420660.{number}\r\nLinkedid: 1795420660.{one}\r\n"
        )
    };
    let mut tell = |name: &str, headers: &str| {
        let frame = format!("Event: {name}\r\nPrivilege: call,all\r\n{headers}");
        live.on_event(name.as_bytes(), frame.as_bytes(), at);
    };
    tell("Newchannel", &state(one, 0));
    tell("Newstate", &state(one, 4));
    tell("Newchannel", &state(other, 0));
    let dial = format!("DestChannel: PJSIP/phone2002-{other:08x}\r\nDestUniqueid: 1795420660.{other}\r\n");
    tell("DialBegin", &dial);
    tell("Newstate", &state(other, 5));
    tell("Newstate", &state(other, 6));
    tell("DialEnd", &format!("{dial}DialStatus: ANSWER\r\n"));
    tell("Newstate", &state(one, 6));
    let bridge = format!(
        "BridgeUniqueid: 8a61f1e5-7c3e-4c08-9ec4-{call:012x}\r\nBridgeType: basic\r\nBridgeTechnology: simple_bridge\r\n"
    );
    tell("BridgeCreate", &bridge);
    for number in [one, other] {
        tell("BridgeEnter", &format!("{bridge}{}", state(number, 6)));
    }
}
