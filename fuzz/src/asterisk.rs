//! How Asterisk reads actions. This is written after main/manager.c and main/app.c, independently of the
//! client's encoder.

/// An action as Asterisk stores it.
#[derive(Debug, Default)]
pub struct Request {
    lines: Vec<Vec<u8>>,
}

/// The result of reading a message.
#[derive(Debug)]
pub enum Read {
    /// Asterisk runs the request.
    Request(Request),
    /// Asterisk refuses it with "Line too long" or "Too many lines".
    Refused,
}

/// The size of `get_input`'s buffer without its NUL.
const BUFFER_BYTES: usize = 1_024;
const HEADERS_MAX: usize = 128;

/// Reads all messages of a stream. Returns them and the rest that has no end.
#[must_use]
pub fn read(stream: &[u8]) -> (Vec<Read>, &[u8]) {
    let (mut seen, mut rest, mut request, mut is_refused) = (Vec::new(), stream, Request::default(), false);
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        rest = after;
        // The line and its end must fit into the buffer together.
        is_refused |= end + 1 > BUFFER_BYTES;
        // Asterisk uses the line as a C string.
        let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
        if line.is_empty() {
            let request = std::mem::take(&mut request);
            seen.push(if std::mem::take(&mut is_refused) { Read::Refused } else { Read::Request(request) });
        } else if request.lines.len() < HEADERS_MAX {
            request.lines.push(line.to_vec());
        } else {
            is_refused = true;
        }
    }
    (seen, rest)
}

impl Request {
    /// `astman_get_header`: the first value of this name, without regard to case. Blanks before the value are
    /// skipped.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// All values of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().filter_map(move |line| {
            let own = line.get(..name.len())?;
            let value = line.get(name.len()..)?.strip_prefix(b":")?;
            own.eq_ignore_ascii_case(name.as_bytes()).then(|| skip_blanks(value))
        })
    }

    /// Names and values in order.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.iter().map(|line| match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], skip_blanks(&line[colon + 1..])),
            None => (line.as_slice(), &[][..]),
        })
    }

    /// `astman_get_variables`: the variables that the channel of a call gets.
    #[must_use]
    pub fn variables(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let head = b"Variable: ";
        let lines = self
            .lines
            .iter()
            .filter(|line| line.len() >= head.len() && line[..head.len()].eq_ignore_ascii_case(head));
        let pieces = lines.flat_map(|line| separate(&line[head.len()..]));
        let pairs = pieces.filter_map(|piece| {
            let equals = piece.iter().position(|byte| *byte == b'=')?;
            (equals > 0).then(|| (piece[..equals].to_vec(), piece[equals + 1..].to_vec()))
        });
        pairs.collect()
    }
}

/// `ast_skip_blanks`.
#[must_use]
pub fn skip_blanks(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|byte| **byte < 33).count()..]
}

/// `__ast_app_separate_args` with a comma. Quotes, brackets and backslashes protect a comma. Quotes and
/// backslashes are removed.
fn separate(text: &[u8]) -> Vec<Vec<u8>> {
    let (mut pieces, mut piece) = (Vec::new(), Vec::new());
    let (mut parens, mut brackets, mut is_quoted, mut bytes) = (0_i32, 0_i32, false, text.iter());
    while let Some(&byte) = bytes.next() {
        match byte {
            b'(' => parens += 1,
            b')' if parens > 0 => parens -= 1,
            b'[' => brackets += 1,
            b']' if brackets > 0 => brackets -= 1,
            b'"' => {
                is_quoted = !is_quoted;
                continue;
            }
            b'\\' => {
                piece.extend(bytes.next());
                continue;
            }
            b',' if parens == 0 && brackets == 0 && !is_quoted => {
                pieces.push(std::mem::take(&mut piece));
                continue;
            }
            _ => {}
        }
        piece.push(byte);
    }
    pieces.push(piece);
    pieces
}
