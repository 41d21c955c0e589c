//! `fake-asterisk`: fake servers on loopback ports, for demonstrations, tests and benchmarks.
#![forbid(unsafe_code)]

mod arguments;
mod server;

use std::io::Write;
use std::process::ExitCode;

use arguments::{Arguments, HELP, Wish};
use server::Server;

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
    let result = Server::bind(arguments).and_then(|mut server| {
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
