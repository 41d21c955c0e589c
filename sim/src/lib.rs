//! A fake Asterisk for tests, without a socket or a clock of its own.
