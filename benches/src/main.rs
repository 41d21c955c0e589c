//! The measurements of `tools/bench`, a command each. Every measurement prints a line of JSON.

mod bare;
mod clock;
mod core;
mod data;
mod feeder;
mod growth;
mod harness;
mod live;
mod messages;
mod talk;
mod wire;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

const USAGE: &str = "usage: apn-bench COMMAND
  data DIALOGUES FILE                    makes the data of the dialogues in a folder (tests/data)
  core FILE                              framing, index and live model, each beside the plain loop
  framing FILE | index FILE | model FILE one pass of it, for instruction counts
  messages FILE                          queues of messages, filled and drained
  live-memory                            resident memory of live models
  growth | growth CASE SIZE              what grows by a size, for instruction counts; alone it lists the cases
  feeder FILE                            serves the data on a free port of loopback
  recv ADDRESS FRAMES [RATE BURST]       receives them as a bare loop does";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("apn-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn pass(with: core::With, file: &str) -> io::Result<()> {
    println!("{}", core::pass(&fs::read(file)?, with));
    Ok(())
}

fn run(arguments: &[&str]) -> io::Result<()> {
    let number =
        |text: &str| text.parse::<u64>().map_err(|_| io::Error::other(format!("{text} is no number")));
    match *arguments {
        ["data", folder, file] => fs::write(file, data::make(Path::new(folder))?),
        ["core", file] => {
            core::run(&fs::read(file)?, data::FRAMES);
            Ok(())
        }
        ["framing", file] => pass(core::With::Nothing, file),
        ["index", file] => pass(core::With::Index, file),
        ["model", file] => pass(core::With::Model, file),
        ["messages", file] => {
            messages::run(&fs::read(file)?);
            Ok(())
        }
        ["live-memory"] => live::memory(),
        ["growth"] => {
            for (name, _) in growth::CASES {
                println!("{name}");
            }
            Ok(())
        }
        ["growth", case, size] => {
            growth::run(case, usize::try_from(number(size)?).map_err(io::Error::other)?)
        }
        ["feeder", file] => feeder::serve(fs::read(file)?),
        ["recv", address, frames] => bare::receive(address, number(frames)?, 0, 1),
        ["recv", address, frames, rate, burst] => {
            bare::receive(address, number(frames)?, number(rate)?, number(burst)?)
        }
        _ => Err(io::Error::other(USAGE)),
    }
}
