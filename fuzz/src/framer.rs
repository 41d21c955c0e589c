//! Any stream gives the same frames however it is cut, holds its bounds, and follows the rules of AMI.

use apn_ami::wire::{Frame, Framer, Kind};

/// A frame, copied from the framer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Taken {
    Banner(Vec<u8>),
    Message(Kind, Vec<u8>),
    TooLong,
}

/// Checks a stream. The last two bytes choose the bound and the cuts, the others are the stream.
pub fn check(bytes: &[u8]) {
    let Some((stream, &[bound, cuts])) = bytes.split_last_chunk() else { return };
    let bound = if bound == 255 { 64 * 1_024 } else { 32 + usize::from(bound) * 16 };
    let whole = frames(stream, bound, 0);
    assert_eq!(frames(stream, bound, cuts.max(1)), whole, "cut differently");
    if stream.len() <= bound {
        assert_eq!(whole, by_the_rules(stream), "not what the rules say");
    }
    // The frames are parts of the stream, in order and without overlap.
    let mut rest = stream;
    for frame in &whole {
        let (Taken::Banner(text) | Taken::Message(_, text)) = frame else { continue };
        let at = rest.windows(text.len().max(1)).position(|window| window == text.as_slice());
        let at = if text.is_empty() { Some(0) } else { at };
        rest = &rest[at.expect("a frame is a part of the stream") + text.len()..];
    }
}

/// The frames of a stream that arrives in pieces. The seed chooses the sizes of pieces. With 0 there is one
/// piece.
fn frames(stream: &[u8], bound: usize, seed: u8) -> Vec<Taken> {
    let (mut framer, mut taken, mut rest) = (Framer::new(bound), Vec::new(), stream);
    let mut state = u32::from(seed);
    while !rest.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let size = if seed == 0 { rest.len() } else { 1 + (state >> 24) as usize % usize::from(seed) };
        let (piece, after) = rest.split_at(size.min(rest.len()));
        // Half of the pieces are read as from a socket, into room that can be larger than the piece.
        if state & 1 == 0 {
            framer.feed(piece);
        } else {
            framer.room(piece.len() + 7)[..piece.len()].copy_from_slice(piece);
            framer.filled(piece.len());
        }
        while let Some(frame) = framer.next_frame() {
            taken.push(match frame {
                Frame::Banner(text) => Taken::Banner(text.to_vec()),
                Frame::Message(kind, lines) => Taken::Message(kind, lines.to_vec()),
                Frame::TooLong { action_id, limit, .. } => {
                    assert_eq!(limit, bound);
                    assert!(action_id.is_none_or(|id| !id.contains(&b'\n')), "an id is of one line");
                    Taken::TooLong
                }
            });
        }
        // Beyond the bound, the framer can hold the beginning of a line that may become `Event:`, or the CR
        // of the empty line that ends a frame.
        assert!(framer.held() <= bound + "Event".len(), "{} bytes held", framer.held());
        if state & 2 == 0
            && let Some(lent) = framer.lend()
        {
            framer.borrow(lent);
        }
        rest = after;
    }
    taken
}

/// Frames a stream line by line, by the rules of AMI. No frame of the stream is too long.
fn by_the_rules(stream: &[u8]) -> Vec<Taken> {
    let mut lines = stream.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    let bare = |line: &[u8]| {
        let line = &line[..line.len() - 1];
        line.strip_suffix(b"\r").unwrap_or(line).to_vec()
    };
    let is = |line: &[u8], start: &str| {
        line.len() >= start.len() && line[..start.len()].eq_ignore_ascii_case(start.as_bytes())
    };
    // The kind of a block that has an `ActionID`, if its first line has no kind: the kind of the first line
    // that has one.
    let said = |frame: &[u8]| {
        let lines = || frame.split(|byte| *byte == b'\n');
        let kind = lines().find_map(|line| {
            let kind = is(line, "Event:").then_some(Kind::Event);
            kind.or_else(|| is(line, "Response:").then_some(Kind::Response))
        });
        kind.filter(|_| lines().any(|line| is(line, "ActionID:"))).unwrap_or(Kind::Other)
    };
    let mut seen = Vec::new();
    let Some(banner) = lines.next() else { return seen };
    seen.push(Taken::Banner(bare(banner)));
    let mut frame: Vec<u8> = Vec::new();
    let (mut kind, mut splits, mut follows, mut ended) = (Kind::Other, false, false, false);
    for line in lines {
        let is_empty = bare(line).is_empty();
        if frame.is_empty() && is_empty {
            continue;
        }
        if !frame.is_empty() && is_empty && (!follows || ended) {
            let kind = if kind == Kind::Other { said(&frame) } else { kind };
            seen.push(Taken::Message(kind, std::mem::take(&mut frame)));
            continue;
        }
        if !frame.is_empty() && splits && is(line, "Event:") {
            seen.push(Taken::Message(kind, std::mem::take(&mut frame)));
        }
        if frame.is_empty() {
            let value = line.split(|byte| *byte == b':').skip(1).collect::<Vec<_>>().join(&b':');
            let value = value.trim_ascii();
            kind = match () {
                () if is(line, "Event:") => Kind::Event,
                () if is(line, "Response:") => Kind::Response,
                () => Kind::Other,
            };
            follows = kind == Kind::Response && value.eq_ignore_ascii_case(b"Follows");
            let has_own = ["UserEvent", "ResourceListDetail"];
            splits = kind == Kind::Event
                && !has_own.iter().any(|name| value.eq_ignore_ascii_case(name.as_bytes()));
            ended = false;
        } else {
            ended = bare(line).ends_with(b"--END COMMAND--");
        }
        frame.extend_from_slice(line);
    }
    seen
}
