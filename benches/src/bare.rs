//! The lower limit of a client's cost over a socket: `recv`, and a plain loop that finds the ends of frames.

use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;

use memchr::{memchr_iter, memmem};

use crate::clock::{Stopwatch, report, unix_nanos};
use crate::wire::Action;

/// As large as the reads of a client during a flood.
const BUFFER_BYTES: usize = 256 * 1_024;

/// Receives this many frames and prints the time that it took. With a `rate` above 0 it also prints the age
/// of the frames.
pub(crate) fn receive(address: &str, frames: u64, rate: u64, burst: u64) -> io::Result<()> {
    let mut stream = log_in(address)?;
    let watch = Stopwatch::start();
    write!(stream, "Action: Feed\r\nFrames: {frames}\r\nRate: {rate}\r\nBurst: {burst}\r\n\r\n")?;
    let mut ages = Vec::new();
    // The response to `Feed` is a frame too.
    count_frames(&mut stream, frames + 1, |lines| {
        if rate > 0 {
            ages.extend(stamps(lines).map(|sent_at| unix_nanos() - sent_at));
        }
    })?;
    let (wall, processor) = watch.stop();
    #[expect(clippy::cast_precision_loss, reason = "counts and nanoseconds below 2^52")]
    {
        let mut numbers = vec![("count", frames as f64), ("wall", wall), ("cpu", processor)];
        if !ages.is_empty() {
            ages.sort_unstable();
            let at = |percent: usize| ages[(ages.len() - 1) * percent / 100] as f64 / 1e9;
            numbers.extend([("p50", at(50)), ("p99", at(99))]);
        }
        report(&numbers);
    }
    Ok(())
}

fn log_in(address: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.write_all(b"Action: Login\r\nUsername: bench\r\nSecret: bench\r\n\r\n")?;
    // The banner and the response to the login. The server sends nothing more until it is asked.
    Action::read(&mut BufReader::new(&stream))?;
    Ok(stream)
}

/// Reads until this many frames have ended. `look` gets the bytes of those frames.
fn count_frames(stream: &mut TcpStream, frames: u64, mut look: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let (mut seen, mut end, mut line) = (0, 0, 0);
    while seen < frames {
        let count = stream.read(&mut buffer[end..])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let scanned = end;
        end += count;
        let mut after = 0;
        for at in memchr_iter(b'\n', &buffer[scanned..end]) {
            let at = scanned + at;
            if at - line < 2 {
                seen += 1;
                after = at + 1;
            }
            line = at + 1;
        }
        look(&buffer[..after]);
        buffer.copy_within(after..end, 0);
        (end, line) = (end - after, line - after);
    }
    Ok(())
}

fn stamps(lines: &[u8]) -> impl Iterator<Item = i64> {
    const HEADER: &[u8] = b"\nSentAt: ";
    memmem::find_iter(lines, HEADER).filter_map(|at| {
        let number = lines.get(at + HEADER.len()..at + HEADER.len() + 19)?;
        std::str::from_utf8(number).ok()?.parse().ok()
    })
}
