//! `fake-asterisk`: fake servers, on loopback by default, for demonstrations, tests and benchmarks.
#![forbid(unsafe_code)]

mod arguments;

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use apn_sim::asterisk::{Account, Asterisk, Options, Rate};
use apn_sim::server::Server;

use arguments::{Arguments, HELP, Wish};

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)) {
        Ok(Wish::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Wish::Serve(arguments)) => serve(&arguments),
        Err(message) => {
            eprintln!("fake-asterisk: {message} (see --help)");
            ExitCode::from(2)
        }
    }
}

fn serve(arguments: &Arguments) -> ExitCode {
    let place = |number: u16| {
        let port = if arguments.port == 0 { 0 } else { arguments.port + number };
        SocketAddr::new(arguments.host, port)
    };
    let addresses: Vec<_> = (0..arguments.nodes).map(place).collect();
    let bound = Server::bind(&addresses, arguments.log, |number, now| asterisk(arguments, number, now));
    let result = bound.and_then(|mut server| {
        for address in server.addresses() {
            println!("listening on {address}");
        }
        std::io::stdout().flush()?;
        server.run()
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-asterisk: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asterisk(arguments: &Arguments, number: usize, now: Instant) -> Asterisk {
    let options = Options {
        release: arguments.release,
        accounts: vec![Account::new(&arguments.user, &arguments.secret)],
        unix_time: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
        write_timeout: arguments.write_timeout,
        seed: number as u64 + 1,
        ..Options::default()
    };
    let waits = arguments.write_timeout.is_none();
    let rate = |events_per_second| Rate {
        events_per_second,
        events_max: None,
        waiting_bytes_max: waits.then_some(WAITING_BYTES_MAX),
    };
    let mut asterisk = Asterisk::new(options, now);
    asterisk.set_rate(rate(arguments.flood), now);
    asterisk.set_traffic(rate(arguments.rate), now);
    if arguments.log {
        asterisk.record_requests();
    }
    asterisk
}

/// With `--write-timeout-ms 0`, generated events pause while this many bytes wait for one client.
const WAITING_BYTES_MAX: usize = 4 * 1_024 * 1_024;
