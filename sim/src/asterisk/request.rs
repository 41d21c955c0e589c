//! An action as Asterisk reads it: lines that are looked up by name.

/// The lines of one action. Asterisk keeps lines instead of a map, so a lookup finds the first match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    lines: Vec<Vec<u8>>,
}

impl Request {
    pub(crate) fn new(lines: Vec<Vec<u8>>) -> Self {
        Self { lines }
    }

    /// The lines in the order received, without their line ends.
    #[must_use]
    pub fn lines(&self) -> &[Vec<u8>] {
        &self.lines
    }

    /// The first value of this name, empty if there is none. The colon must follow the name at once. Blanks
    /// before the value are skipped.
    #[must_use]
    pub fn header(&self, name: &str) -> &[u8] {
        self.values(name).next().unwrap_or_default()
    }

    /// The action's name: the first `Action` header that is not empty.
    #[must_use]
    pub fn action(&self) -> &[u8] {
        self.values("Action").find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// The `ActionID`, empty if there is none.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        self.header("ActionID")
    }

    /// Names and values of all lines that have a colon.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.iter().filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((&line[..colon], skip_blanks(&line[colon + 1..])))
        })
    }

    /// All values of this name, in order.
    pub(crate) fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.lines.iter().filter_map(move |line| {
            let (head, rest) = line.split_at_checked(name.len())?;
            if !head.eq_ignore_ascii_case(name.as_bytes()) {
                return None;
            }
            rest.strip_prefix(b":").map(skip_blanks)
        })
    }

    pub(crate) fn is(&self, action: &str) -> bool {
        self.action().eq_ignore_ascii_case(action.as_bytes())
    }
}

/// Asterisk's `ast_skip_blanks`. Control characters count as blanks.
fn skip_blanks(value: &[u8]) -> &[u8] {
    let start = value.iter().position(|byte| *byte > b' ').unwrap_or(value.len());
    &value[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(lines: &[&str]) -> Request {
        Request::new(lines.iter().map(|line| line.as_bytes().to_vec()).collect())
    }

    #[test]
    fn names_match_in_any_case_and_the_first_wins() {
        let request = request(&["ACTION: Ping", "queue:  a ", "Queue: b"]);
        assert_eq!(request.action(), b"Ping");
        assert_eq!(request.header("Queue"), b"a ");
    }

    #[test]
    fn a_blank_before_the_colon_hides_the_header() {
        assert_eq!(request(&["Action : Ping"]).action(), b"");
        assert_eq!(request(&["ActionX: Ping"]).action(), b"");
    }

    #[test]
    fn an_empty_action_header_is_passed_over() {
        assert_eq!(request(&["Action:", "Action: Ping"]).action(), b"Ping");
        assert_eq!(request(&["ActionID:", "ActionID: 1"]).id(), b"", "for any other the first counts");
    }
}
