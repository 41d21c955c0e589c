//! Asterisk's rules for quotes, commas and backslashes in arguments.

/// Maximum number of variables that one `Variable` header can set.
const ARGS_MAX: usize = 64;

/// Splits at commas as `__ast_app_separate_args` (main/app.c) does for applications. Quotes and brackets
/// protect a comma. Quotes are removed. A backslash is removed and makes the next byte literal. The 64th
/// piece takes the rest unchanged, commas included.
pub(crate) fn separate(text: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut after_comma = false;
    while !rest.is_empty() && pieces.len() < ARGS_MAX - 1 {
        let (piece, used, ended_at_comma) = next_piece(rest);
        pieces.push(piece);
        rest = &rest[used..];
        after_comma = ended_at_comma;
    }
    if !rest.is_empty() || after_comma {
        pieces.push(rest.to_vec());
    }
    pieces
}

/// The first piece, the number of bytes it took, and whether a comma ended it.
fn next_piece(text: &[u8]) -> (Vec<u8>, usize, bool) {
    let mut piece = Vec::new();
    let (mut parens, mut brackets, mut quoted) = (0_u32, 0_u32, false);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'"' => {
                quoted = !quoted;
                continue;
            }
            b'\\' => {
                piece.extend(text.get(at));
                at += 1;
                continue;
            }
            b'(' => parens += 1,
            b')' => parens = parens.saturating_sub(1),
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b',' if parens == 0 && brackets == 0 && !quoted => return (piece, at, true),
            _ => {}
        }
        piece.push(byte);
    }
    (piece, text.len(), false)
}

/// The `NAME=value` pairs of `Variable` headers, in the order given. A piece without `=` or without a name is
/// skipped.
pub(crate) fn variables<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers
        .flat_map(separate)
        .filter_map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=').filter(|at| *at > 0)?;
            Some((pair[..equals].to_vec(), pair[equals + 1..].to_vec()))
        })
        .collect()
}

/// Escapes as `ast_escape_c` does. Channel snapshots write names and values that users choose in this form.
pub(crate) fn escape_c(value: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(value.len());
    for &byte in value {
        let letter = match byte {
            0x07 => b'a',
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x0b => b'v',
            b'\\' | b'\'' | b'"' | b'?' => byte,
            _ => {
                escaped.push(byte);
                continue;
            }
        };
        escaped.extend([b'\\', letter]);
    }
    escaped
}

/// Reads a number as `sscanf("%30d")` does. Text after the digits is ignored.
pub(crate) fn leading_number(text: &[u8]) -> Option<i64> {
    let signed = text.strip_prefix(b"-");
    let digits = signed.unwrap_or(text);
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    let number: i64 = std::str::from_utf8(&digits[..end]).ok()?.parse().ok()?;
    Some(if signed.is_some() { -number } else { number })
}

/// Name and number of `"name" <number>`, as `ast_callerid_parse` finds them. Either can be empty.
pub(crate) fn caller_id(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    // A quoted name ends at the last quote. Its backslashes are removed.
    if let Some(quoted) = text.strip_prefix(b"\"")
        && let Some(end) = quoted.iter().rposition(|byte| *byte == b'"')
    {
        return (unescape(&quoted[..end]), between_angles(&quoted[end + 1..]).unwrap_or_default());
    }
    if let Some(number) = between_angles(text) {
        let name = text.split(|byte| *byte == b'<').next().unwrap_or_default();
        return (name.trim_ascii().to_vec(), number);
    }
    let text = text.trim_ascii();
    let is_number = !text.is_empty() && text.iter().all(|byte| b"0123456789*#+".contains(byte));
    if is_number { (Vec::new(), text.to_vec()) } else { (text.to_vec(), Vec::new()) }
}

fn between_angles(text: &[u8]) -> Option<Vec<u8>> {
    let start = text.iter().position(|byte| *byte == b'<')?;
    let end = text.iter().rposition(|byte| *byte == b'>').filter(|end| *end > start)?;
    Some(text[start + 1..end].to_vec())
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.iter();
    let mut plain = Vec::new();
    while let Some(&byte) = bytes.next() {
        plain.extend(if byte == b'\\' { bytes.next().copied() } else { Some(byte) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        separate(text.as_bytes()).into_iter().map(|piece| String::from_utf8(piece).expect("text")).collect()
    }

    #[test]
    fn commas_split_unless_protected() {
        assert_eq!(pieces("a=1,b=2"), ["a=1", "b=2"]);
        assert_eq!(pieces(r#"a="1,2",b=3"#), ["a=1,2", "b=3"]);
        assert_eq!(pieces(r"a=1\,2,b=3"), ["a=1,2", "b=3"]);
        assert_eq!(pieces("a=F(1,2),b=[3,4]"), ["a=F(1,2)", "b=[3,4]"]);
        assert_eq!(pieces("a=)1,b=2"), ["a=)1", "b=2"], "a stray closing bracket protects nothing");
    }

    #[test]
    fn quotes_and_backslashes_are_eaten() {
        assert_eq!(pieces(r#"a=say "hi""#), ["a=say hi"]);
        assert_eq!(pieces(r#"a=say \"hi\""#), [r#"a=say "hi""#]);
        assert_eq!(pieces(r"a=c:\\x"), [r"a=c:\x"]);
        assert_eq!(pieces(r"a=end\"), ["a=end"]);
    }

    #[test]
    fn a_last_comma_makes_an_empty_piece() {
        assert_eq!(pieces("a=1,"), ["a=1", ""]);
        assert_eq!(pieces(""), Vec::<String>::new());
    }

    #[test]
    fn the_sixty_fourth_piece_takes_the_rest_as_it_is() {
        let text = (0..70).map(|n| format!("v{n}=\"x\"")).collect::<Vec<_>>().join(",");
        let pieces = pieces(&text);
        assert_eq!(pieces.len(), 64);
        assert_eq!(pieces[62], "v62=x");
        assert!(pieces[63].starts_with("v63=\"x\",v64="), "{}", pieces[63]);
    }

    #[test]
    fn pairs_need_a_name() {
        let set = variables([&b"A=1,=2,noequals,B=x=y"[..]].into_iter());
        assert_eq!(set, [(b"A".to_vec(), b"1".to_vec()), (b"B".to_vec(), b"x=y".to_vec())]);
    }

    #[test]
    fn caller_ids_split_into_name_and_number() {
        let parse = |text: &str| {
            let (name, number) = caller_id(text.as_bytes());
            (String::from_utf8(name).expect("text"), String::from_utf8(number).expect("text"))
        };
        let pair = |name: &str, number: &str| (name.to_owned(), number.to_owned());
        assert_eq!(parse(r#""O'Br\"ien" <100>"#), pair(r#"O'Br"ien"#, "100"));
        assert_eq!(parse("Bob <200>"), pair("Bob", "200"));
        assert_eq!(parse("300"), pair("", "300"));
        assert_eq!(parse("Carol"), pair("Carol", ""));
        assert_eq!(parse(""), pair("", ""));
    }

    #[test]
    fn snapshots_escape_what_c_escapes() {
        assert_eq!(escape_c(b"O'Br\"ien\\\n?"), br#"O\'Br\"ien\\\n\?"#);
    }

    #[test]
    fn numbers_are_read_as_scanf_reads_them() {
        assert_eq!(leading_number(b"3000ms"), Some(3_000));
        assert_eq!(leading_number(b"-1"), Some(-1));
        assert_eq!(leading_number(b"soon"), None);
    }
}
