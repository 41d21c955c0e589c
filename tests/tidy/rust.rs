//! Removes comments and string literals from Rust files, so that rules see the code only.

/// Removes comments and string literals. The number of lines stays the same.
pub(crate) fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (kept, blanked) = literal(rest).unwrap_or((next.len_utf8(), 0));
        out.push_str(&rest[..kept]);
        out.extend(rest[kept..kept + blanked].chars().filter(|&c| c == '\n'));
        rest = &rest[kept + blanked..];
    }
    out
}

/// The code before the unit tests, which are at the end of a file.
pub(crate) fn shipped(code: &str) -> &str {
    code.find("#[cfg(test)]").map_or(code, |tests| &code[..tests])
}

/// If a comment, string, character or word starts here: how many bytes to keep, and how many to remove after them.
fn literal(rest: &str) -> Option<(usize, usize)> {
    if rest.starts_with("//") {
        return Some((0, rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some((0, block_comment(rest)));
    }
    if rest.starts_with('"') {
        return Some((0, escaped(rest, '"')));
    }
    if let Some(quoted) = rest.strip_prefix("r").filter(|after| after.starts_with(['"', '#'])) {
        let hashes = quoted.len() - quoted.trim_start_matches('#').len();
        let body = quoted[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = body.find(&end).map_or(body.len(), |at| at + end.len());
        return Some((0, 1 + hashes + 1 + length));
    }
    if let Some(after) = rest.strip_prefix('\'') {
        // 'a' is a character, and 'a without the second quote is a lifetime.
        let mut chars = after.chars();
        let character = chars.next()? == '\\' || chars.next()? == '\'';
        return character.then(|| (0, escaped(rest, '\'')));
    }
    // A word is skipped as a whole, so that the r of `for"` does not begin a raw string.
    let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (word > 1).then(|| if rest[..word].len() == 2 && rest.starts_with("br") { (1, 0) } else { (word, 0) })
}

/// The length of the literal that begins with `quote`. Escapes are skipped.
fn escaped(rest: &str, quote: char) -> usize {
    let mut escape = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escape => escape = false,
            '\\' => escape = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// The length of a block comment. Block comments can be nested.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        match here {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

#[test]
fn comments_and_literals_are_not_code() {
    let text = "let a = \"unsafe\\\"\"; // unsafe\n/* unsafe /* */ unsafe\n*/ b'\"'; r#\"unsafe\"# ; br\"unsafe\"; 'a'; x";
    assert_eq!(code(text), "let a = ; \n\n b;  ; b; ; x");
}

#[test]
fn lifetimes_and_words_that_end_in_r_are_code() {
    let text = "fn f<'a>(x: &'a str) { for y in x {} let c = '\\''; }";
    assert_eq!(code(text), "fn f<'a>(x: &'a str) { for y in x {} let c = ; }");
}

#[test]
fn unit_tests_are_not_shipped() {
    assert_eq!(shipped("fn a() {}\n#[cfg(test)]\nmod tests {}"), "fn a() {}\n");
}
