//! Suggests a known name in place of an unknown one.

/// The known name nearest to `name`, ignoring case, if it is near enough for a typing error.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let by_distance = known.into_iter().map(|known| (distance(name, known), known));
    let (edits, known) = by_distance.min_by_key(|(edits, _)| *edits)?;
    (edits <= known.len() / 3).then_some(known)
}

/// The edit distance between two short words, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_ascii_lowercase().into_bytes(), b.to_ascii_lowercase().into_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(from != to)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_has_a_nearest_name_and_another_word_has_none() {
        let known = ["Hangup", "Newchannel", "QueueMemberPause"];
        assert_eq!(nearest("hangupp", known), Some("Hangup"));
        assert_eq!(nearest("NewChanel", known), Some("Newchannel"));
        assert_eq!(nearest("QueueMemberPaused", known), Some("QueueMemberPause"));
        assert_eq!(nearest("Invoice", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("x", []), None);
    }
}
