//! A server that is never the bottleneck. It accepts every login and answers every action. On `Action: Feed`
//! it writes the data from memory, as fast as the client reads or at a given rate.

use std::io::{self, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::clock::unix_nanos;
use crate::data::frames;
use crate::wire::Action;

/// Small stacks, since each of a thousand idle connections has a thread.
const STACK_BYTES: usize = 64 * 1_024;
const READ_BYTES: usize = 32 * 1_024;
const WRITE_BYTES: usize = 256 * 1_024;

/// Prints `listening on ADDRESS` and serves until the process ends.
pub(crate) fn serve(data: Vec<u8>) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    let data: Arc<[u8]> = data.into();
    for stream in listener.incoming() {
        let (stream, data) = (stream?, Arc::clone(&data));
        thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
            // A client that is done closes the connection at any point.
            let _ = session(&stream, &data);
        })?;
    }
    Ok(())
}

fn session(stream: &TcpStream, data: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = (BufReader::with_capacity(READ_BYTES, stream), stream);
    let mut answers = b"Asterisk Call Manager/11.0.0\r\n".to_vec();
    loop {
        // Answers to actions that arrived together are written together.
        if !answers.is_empty() && reader.buffer().is_empty() {
            writer.write_all(&answers)?;
            answers.clear();
        }
        let Some(action) = Action::read(&mut reader)? else { return Ok(()) };
        match action.get("action").to_ascii_lowercase().as_str() {
            "challenge" => action.answer("Challenge: 12345678\r\n", &mut answers),
            "login" => action.answer("Message: Authentication accepted\r\n", &mut answers),
            "ping" => action.answer("Ping: Pong\r\nTimestamp: 1795420755.834595\r\n", &mut answers),
            "logoff" => {
                action.answer("", &mut answers);
                return writer.write_all(&answers);
            }
            "feed" => {
                action.answer("", &mut answers);
                writer.write_all(&answers)?;
                answers.clear();
                feed(writer, data, &action)?;
            }
            _ => action.answer("Message: Done\r\n", &mut answers),
        }
    }
}

/// Writes `Frames` frames. `Rate` is frames per second, and 0 means no limit. `Burst` is the number of frames
/// written at once.
fn feed(writer: &TcpStream, data: &[u8], action: &Action) -> io::Result<()> {
    let (count, rate) = (action.number("frames"), action.number("rate"));
    if rate == 0 {
        return blast(writer, data, count);
    }
    pace(writer, data, count, rate, action.number("burst").max(1))
}

fn blast(mut writer: &TcpStream, data: &[u8], count: u64) -> io::Result<()> {
    let of_a_pass = frames(data).count() as u64;
    for _ in 0..count / of_a_pass {
        for chunk in data.chunks(WRITE_BYTES) {
            writer.write_all(chunk)?;
        }
    }
    let rest: usize =
        frames(data).take(usize::try_from(count % of_a_pass).unwrap_or(0)).map(<[u8]>::len).sum();
    writer.write_all(&data[..rest])
}

/// Writes at a rate. Each frame gets one more header, the time of the write in nanoseconds of Unix time.
fn pace(mut writer: &TcpStream, data: &[u8], count: u64, rate: u64, burst: u64) -> io::Result<()> {
    let mut source = std::iter::repeat_with(|| frames(data)).flatten();
    let began = Instant::now();
    let (mut sent, mut out, mut stamps) = (0, Vec::new(), Vec::new());
    while sent < count {
        out.clear();
        stamps.clear();
        for frame in source.by_ref().take(usize::try_from(burst.min(count - sent)).unwrap_or(1)) {
            out.extend_from_slice(&frame[..frame.len() - 2]);
            out.extend_from_slice(b"SentAt: ");
            stamps.push(out.len());
            out.extend_from_slice(b"0000000000000000000\r\n\r\n");
        }
        let due = began + Duration::from_nanos(sent * 1_000_000_000 / rate);
        wait_until(due);
        let now = format!("{:019}", unix_nanos());
        for at in &stamps {
            out[*at..*at + now.len()].copy_from_slice(now.as_bytes());
        }
        writer.write_all(&out)?;
        sent += stamps.len() as u64;
    }
    Ok(())
}

/// Sleeps for most of the time and then yields, since a sleep ends too late for this measurement.
fn wait_until(due: Instant) {
    const SLEEP_ENDS_LATE: Duration = Duration::from_micros(300);
    let left = due.saturating_duration_since(Instant::now());
    if left > SLEEP_ENDS_LATE {
        thread::sleep(left.saturating_sub(SLEEP_ENDS_LATE));
    }
    while Instant::now() < due {
        thread::yield_now();
    }
}
