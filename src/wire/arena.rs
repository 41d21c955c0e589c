//! The memory that the waiting messages of one server share.

use std::fmt;

use bytes::BytesMut;

use super::message::Message;
use super::stamp::Stamp;

/// The first chunk, in bytes. Each further one is twice as large.
const FIRST_CHUNK_BYTES: usize = 1_024;
/// The largest chunk, in bytes.
const CHUNK_BYTES_MAX: usize = 32 * 1_024;
/// A message that needs more has memory of its own, so that at most this much of a chunk is left unused.
const SHARED_BYTES_MAX: usize = CHUNK_BYTES_MAX / 8;

/// Chunks of memory, each for many messages, so that a long queue of messages is not as many allocations.
///
/// A chunk is freed with the last message in it. Whoever keeps a message for long detaches it
/// ([`Message::detach`]), or one message would hold the whole chunk.
#[derive(Default)]
pub struct MessageArena {
    /// Empty; its capacity is what is left of the chunk.
    chunk: BytesMut,
    /// Size of the next chunk. 0 before the first message.
    next_bytes: usize,
}

impl MessageArena {
    /// As [`Message::stamped`], in the memory of a chunk.
    ///
    /// The first message has memory of its own. Most servers have no more than one message waiting.
    #[must_use]
    pub fn message(&mut self, frame: &[u8], stamp: Stamp) -> Message {
        // Where it does not fit after all, the chunk grows.
        let needed = Message::usual_bytes_of(frame);
        if self.next_bytes == 0 {
            self.next_bytes = FIRST_CHUNK_BYTES;
            return Message::stamped(frame, stamp);
        }
        if needed > SHARED_BYTES_MAX {
            return Message::stamped(frame, stamp);
        }
        let mut unused = 0;
        if self.chunk.capacity() < needed && !self.chunk.try_reclaim(needed) {
            unused = self.chunk.capacity();
            self.chunk = BytesMut::with_capacity(self.next_bytes.max(needed));
            self.next_bytes = CHUNK_BYTES_MAX.min(2 * self.next_bytes);
        }
        Message::in_chunk(frame, stamp, &mut self.chunk, unused)
    }

    /// Forgets the chunk, which its messages still hold. The next one is small again.
    pub fn release(&mut self) {
        *self = Self::default();
    }

    /// Bytes of the chunk that no message has.
    #[must_use]
    pub fn unused(&self) -> usize {
        self.chunk.capacity()
    }
}

/// Prints sizes only.
impl fmt::Debug for MessageArena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageArena").field("unused", &self.unused()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: usize) -> Vec<u8> {
        format!("Event: E{number}\r\nFiller: {}\r\n", "x".repeat(number * 37 % 900)).into_bytes()
    }

    #[test]
    fn messages_of_a_chunk_are_those_of_their_frames_whatever_comes_after() {
        let mut arena = MessageArena::default();
        let stamp = Stamp { sequence: 7, ..Stamp::default() };
        let messages: Vec<_> = (0..500).map(|number| arena.message(&frame(number), stamp)).collect();
        for (number, message) in messages.iter().enumerate() {
            let alone = Message::stamped(&frame(number), stamp);
            assert_eq!(message, &alone);
            assert_eq!((message.stamp(), message.len()), (alone.stamp(), alone.len()));
            assert_eq!(message.get(b"filler"), alone.get(b"filler"));
        }
    }

    #[test]
    fn what_messages_cost_is_the_chunks_that_they_hold() {
        let mut arena = MessageArena::default();
        let messages: Vec<_> =
            (0..5_000).map(|number| arena.message(&frame(number), Stamp::default())).collect();
        let cost: usize = messages.iter().map(|message| message.memory() - size_of::<Message>()).sum();
        // The chunks of 1 to 16 KiB and then those of 32 KiB; beside them the first message.
        let chunks = cost + arena.unused() - messages[0].memory() + size_of::<Message>();
        assert_eq!((chunks - (32 * 1_024 - 1_024)) % (32 * 1_024), 0, "{chunks}");
        let bytes: usize =
            messages.iter().map(|message| message.clone().memory() - size_of::<Message>()).sum();
        assert!(cost <= bytes + bytes / 8, "{cost} for {bytes}");
    }

    #[test]
    fn a_chunk_whose_messages_are_gone_is_used_again() {
        let mut arena = MessageArena::default();
        let first = arena.message(&frame(1), Stamp::default());
        for number in 0..10_000 {
            let message = arena.message(&frame(number % 10), Stamp::default());
            assert!(message.memory() < 1_024 + size_of::<Message>(), "{} bytes", message.memory());
        }
        assert!(arena.unused() <= FIRST_CHUNK_BYTES);
        arena.release();
        assert_eq!(arena.unused(), 0);
        assert_eq!(first, Message::from_frame(&frame(1)));
    }

    #[test]
    fn lines_that_are_shorter_than_usual_fit_too() {
        let mut arena = MessageArena::default();
        let frame = b"a\r\n".repeat(700);
        for _ in 0..100 {
            assert_eq!(arena.message(&frame, Stamp::default()).len(), 700);
        }
        let waiting: Vec<_> = (0..100).map(|_| arena.message(&frame, Stamp::default())).collect();
        assert!(waiting.iter().all(|message| message.len() == 700 && message.frame() == frame));
    }

    #[test]
    fn a_large_message_leaves_the_chunk_to_others() {
        let mut arena = MessageArena::default();
        for text in [b"Event: A\r\n".as_slice(), b"Event: B\r\n"] {
            assert_eq!(arena.message(text, Stamp::default()), Message::from_frame(text));
        }
        let unused = arena.unused();
        assert!(unused > 900);
        for bytes in [2 * SHARED_BYTES_MAX, 100_000] {
            let large = vec![b'x'; bytes];
            assert_eq!(arena.message(&large, Stamp::default()), Message::from_frame(&large));
            assert_eq!(arena.unused(), unused);
        }
    }

    #[test]
    fn a_detached_message_does_not_hold_its_chunk() {
        let mut arena = MessageArena::default();
        let mut kept: Vec<Message> = Vec::new();
        for number in 0..10_000 {
            let mut message = arena.message(&frame(number % 10), Stamp::default());
            if number % 100 == 0 {
                message.detach();
                kept.push(message.clone());
            }
        }
        assert!(arena.unused() <= FIRST_CHUNK_BYTES, "the first chunk was used again and again");
        assert!(kept.iter().all(|message| message.frame() == frame(0)));
    }
}
