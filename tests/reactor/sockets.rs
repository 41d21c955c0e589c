//! Faults of names, sockets and peers, and the reasons that the client reports for them.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apn_ami::error::DisconnectReason;

use super::drive::{self, Driven, PATIENCE};
use super::peer::{self, BANNER};

/// A peer that runs a script on its first connection and keeps later connections open.
fn first_only(script: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let script = Arc::new(Mutex::new(Some(script)));
    peer::serve(peer::listener(), move |mut stream| {
        let script = script.lock().expect("no panic").take();
        match script {
            Some(script) => script(stream),
            None => while matches!(stream.read(&mut [0; 64]), Ok(1..)) {},
        }
    })
}

#[test]
fn a_name_connects_wherever_one_of_its_addresses_listens() {
    let addresses: BTreeSet<IpAddr> =
        ("localhost", 0).to_socket_addrs().expect("localhost").map(|address| address.ip()).collect();
    for address in addresses {
        let listener = TcpListener::bind((address, 0)).expect("an address of this host");
        let port = peer::serve(listener, |mut stream| {
            let mut dialogue = peer::log_in(&mut stream);
            peer::converse(&mut stream, &mut dialogue);
        })
        .port();
        Driven::ready(drive::settings("localhost", port)).ping();
    }
}

#[test]
fn a_refused_connect_names_the_address_and_plans_a_retry() {
    let nobody = peer::listener().local_addr().expect("an address");
    let mut driven = Driven::open(drive::settings("127.0.0.1", nobody.port()));
    driven.until("refused", |driven| driven.plans_a_retry());
    let (reason, detail) = driven.lost().expect("planned after a loss");
    assert_eq!(reason, DisconnectReason::Refused);
    assert!(detail.contains(&nobody.to_string()), "{detail}");
}

#[test]
fn a_name_without_addresses_is_named() {
    let (reason, detail) = Driven::failure(drive::settings("nobody.invalid", 5_038));
    assert_eq!(reason, DisconnectReason::Dns);
    assert!(detail.contains("nobody.invalid"), "{detail}");
}

#[test]
fn a_connect_that_nobody_answers_ends_in_time() {
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a descriptor");
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a free port");
    socket.listen(0).expect("a socket that can listen");
    let listener: TcpListener = socket.into();
    let address = listener.local_addr().expect("an address");
    // The listener accepts no connection. When its queue is full, the kernel drops further ones.
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        queue.push(stream);
        assert!(queue.len() < 100, "the queue never fills");
    }
    let mut settings = drive::settings("127.0.0.1", address.port());
    settings.limits.connect_timeout = Duration::from_millis(100);
    let (reason, detail) = Driven::failure(settings);
    assert_eq!(reason, DisconnectReason::ConnectTimeout, "{detail}");
}

/// Checks that a reset at this point is reported as `PeerClosed` and that another attempt is planned.
fn assert_reset(script: impl FnOnce(TcpStream) + Send + 'static, busy: impl FnOnce(&mut Driven)) {
    let address = first_only(script);
    let mut driven = Driven::open(drive::settings("127.0.0.1", address.port()));
    busy(&mut driven);
    driven.until("reset, with a retry planned", |driven| driven.plans_a_retry());
    let (reason, detail) = driven.lost().expect("planned after a loss");
    assert_eq!(reason, DisconnectReason::PeerClosed, "{detail}");
}

#[test]
fn a_reset_within_the_login_is_the_peers_doing() {
    let until_action = |wanted: &'static str| {
        move |mut stream: TcpStream| {
            stream.write_all(BANNER).expect("a peer that is there");
            let (mut heard, mut buffer) = (String::new(), [0; 512]);
            while !heard.contains(wanted) {
                let count = stream.read(&mut buffer).expect("a peer that talks");
                heard.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
            stream.write_all(b"Response: Succ").expect("a peer that is there");
            peer::reset(stream);
        }
    };
    assert_reset(until_action("Action: Challenge\r\n"), |_| {});
}

#[test]
fn a_reset_before_the_banner_plans_a_retry_too() {
    let address = first_only(peer::reset);
    let mut driven = Driven::open(drive::settings("127.0.0.1", address.port()));
    driven.until("reset, with a retry planned", |driven| driven.plans_a_retry());
}

#[test]
fn a_reset_in_the_middle_of_a_frame_is_the_peers_doing() {
    let cut = |mut stream: TcpStream| {
        peer::log_in(&mut stream);
        stream.write_all(b"Event: Newchannel\r\nChan").expect("a peer that is there");
        peer::reset(stream);
    };
    assert_reset(cut, |_| {});
}

#[test]
fn a_reset_in_the_middle_of_a_write_is_the_peers_doing() {
    let (go, gone): (Sender<()>, Receiver<()>) = channel();
    let cut = move |mut stream: TcpStream| {
        peer::log_in(&mut stream);
        gone.recv_timeout(PATIENCE).expect("a client that writes");
        peer::reset(stream);
    };
    assert_reset(cut, |driven| {
        driven.until("ready", |driven| driven.is_ready());
        driven.fill();
        go.send(()).expect("a peer that waits");
    });
}

#[test]
fn writes_go_on_where_they_stopped_when_a_slow_peer_reads() {
    let (go, gone): (Sender<()>, Receiver<()>) = channel();
    let (tell, told) = channel();
    let gone = Arc::new(Mutex::new(gone));
    let address = peer::serve(peer::narrow_listener(), move |mut stream| {
        let mut dialogue = peer::log_in(&mut stream);
        gone.lock().expect("no panic").recv_timeout(PATIENCE).expect("a client that writes");
        let mut buffer = [0; 997];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let (said, actions) = dialogue.hear(&buffer[..count]);
            for action in actions {
                let _ = tell.send(peer::header(&action, "Number").map(str::to_owned));
            }
            let _ = stream.write_all(&said);
        }
    });
    let mut driven = Driven::ready(drive::settings("127.0.0.1", address.port()));
    let sent = driven.fill();
    go.send(()).expect("a peer that waits");
    let last = driven.send("Ping", &[("Number", "last")]);
    driven.until("answered", |_| last.cell.outcome().is_some());
    let mut numbers: Vec<_> = told.try_iter().flatten().collect();
    assert_eq!(numbers.pop().as_deref(), Some("last"));
    assert_eq!(numbers, (0..sent).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn what_came_before_a_half_close_is_read_and_the_other_half_is_closed_too() {
    let (tell, told) = channel();
    let address = first_only(move |mut stream| {
        let mut dialogue = peer::log_in(&mut stream);
        let mut buffer = [0; 512];
        let count = stream.read(&mut buffer).expect("a peer that talks");
        let (said, _) = dialogue.hear(&buffer[..count]);
        stream.write_all(&said).expect("a peer that is there");
        stream.shutdown(Shutdown::Write).expect("a connection");
        while matches!(stream.read(&mut buffer), Ok(1..)) {}
        let _ = tell.send(());
    });
    let mut driven = Driven::ready(drive::settings("127.0.0.1", address.port()));
    driven.ping();
    driven.until("lost", |driven| driven.lost().is_some());
    assert_eq!(driven.lost().expect("just seen").0, DisconnectReason::PeerClosed);
    told.recv_timeout(PATIENCE).expect("the client closes its half");
}

#[test]
fn what_an_older_connection_still_has_to_say_reaches_no_later_one() {
    let (keep, kept) = channel();
    let keep = Arc::new(Mutex::new(keep));
    let address = peer::serve(peer::listener(), move |mut stream| {
        let _ = keep.lock().expect("no panic").send(stream.try_clone().expect("a descriptor"));
        let mut dialogue = peer::log_in(&mut stream);
        peer::converse(&mut stream, &mut dialogue);
    });
    let mut driven = Driven::ready(drive::settings("127.0.0.1", address.port()));
    for _ in 0..10 {
        let mut old: TcpStream = kept.recv_timeout(PATIENCE).expect("a connection");
        // This is readable when the session ends, and the next link gets the same descriptor number.
        old.write_all(b"Event: Late\r\n\r\n").expect("a client that is there");
        driven.close();
        let before = driven.events_received();
        driven.client.open(driven.id);
        let _ = old.write_all(b"Event: Later\r\n\r\n");
        driven.until("ready again", |driven| driven.is_ready());
        driven.ping();
        assert_eq!(driven.events_received(), before, "a later session has no event of an older one");
    }
}
