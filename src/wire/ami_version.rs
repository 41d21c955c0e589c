//! The version of the manager interface, read from the banner, and the protocol differences between versions.

/// Text before the version in the banner of every Asterisk (main/manager.c). The banner of a proxy differs, and its
/// version is that of the proxy: `Asterisk Call Manager Proxy/1.30.0`.
const BANNER: &[u8] = b"Asterisk Call Manager/";

/// The version of the manager interface, if the banner names it.
///
/// 1.1 is Asterisk 1.8, 1.2 is 10, 1.3 is 11, 2.0 to 2.5 are 12 and 13.0, 2.6 is 13.1, 2.7 is 13.2 to 13.4, 2.8
/// to 2.10 are 13.5 and later (14.0 and 14.1 say 2.8 too), 3 is 14, 4 is 15, 5 is 16, and so on (`AMI_VERSION`
/// of include/asterisk/manager.h).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AmiVersion(Option<(u32, u32)>);

impl AmiVersion {
    /// Parses the banner. The version of a proxy, of a fork and of a malformed banner is unknown.
    #[must_use]
    pub fn of_banner(banner: &[u8]) -> Self {
        let numbers = banner.strip_prefix(BANNER).and_then(|version| {
            let mut parts = version.trim_ascii().split(|byte| *byte == b'.').map(number);
            Some((parts.next()??, parts.next().flatten().unwrap_or_default()))
        });
        Self(numbers)
    }

    /// True if every list begins with `EventList: start` and ends with `EventList: Complete`, as since Asterisk 13.2.
    /// Older servers begin most of their lists with a plain ack. False for an unknown version.
    #[must_use]
    pub fn marks_lists(self) -> bool {
        self.0.is_some_and(|version| version >= (2, 7))
    }

    /// True if channel events carry the whole state of the channel and a `Linkedid`, as since Asterisk
    /// 12. True for an unknown version.
    #[must_use]
    pub fn has_snapshots(self) -> bool {
        self.0.is_none_or(|version| version >= (2, 0))
    }

    /// True if the names and variables of channels, and the value of `VarSet`, are C-escaped, as since Asterisk
    /// 13.5. True for an unknown version.
    #[must_use]
    pub fn escapes_values(self) -> bool {
        self.0.is_none_or(|version| version >= (2, 8))
    }

    /// True if `Newexten` may be of class `call`. It is from Asterisk 12 to 15, and of class `dialplan` before and
    /// after. True for an unknown version.
    #[must_use]
    pub fn may_call_newexten_a_call(self) -> bool {
        self.0.is_none_or(|(major, _)| (2..=4).contains(&major))
    }
}

/// The leading digits of a part of a version, as a number.
fn number(part: &[u8]) -> Option<u32> {
    let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
    str::from_utf8(&part[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> AmiVersion {
        AmiVersion::of_banner(format!("Asterisk Call Manager/{text}").as_bytes())
    }

    #[test]
    fn a_version_is_read_as_numbers() {
        assert!(version("2.10.6").escapes_values() && version("2.10.6").marks_lists());
        assert!(version("13.0.0") != version("1.3"));
        assert_eq!(version("2.7"), version("2.7.0 "));
        assert_eq!(version("2.7rc1"), version("2.7.0"));
        assert_eq!(version("11"), version("11.0.0"));
    }

    #[test]
    fn lists_are_marked_since_2_7_and_values_escaped_since_2_8() {
        for (text, lists, values) in [
            ("1.0", false, false),
            ("1.1", false, false),
            ("1.3", false, false),
            ("2.0.0", false, false),
            ("2.5.0", false, false),
            ("2.6.0", false, false),
            ("2.7.0", true, false),
            ("2.8.0", true, true),
            ("2.10.4", true, true),
            ("3.2.2", true, true),
            ("5.0.5", true, true),
            ("13.0.0", true, true),
        ] {
            assert_eq!(
                (version(text).marks_lists(), version(text).escapes_values()),
                (lists, values),
                "{text}"
            );
        }
    }

    #[test]
    fn newexten_is_a_call_from_12_to_15() {
        for (text, is_call) in [
            ("1.1", false),
            ("1.3", false),
            ("2.0.0", true),
            ("2.10.6", true),
            ("3.2.2", true),
            ("4.0.3", true),
        ] {
            assert_eq!(version(text).may_call_newexten_a_call(), is_call, "{text}");
        }
        assert!(
            !version("5.0.0").may_call_newexten_a_call() && !version("12.0.0").may_call_newexten_a_call()
        );
    }

    #[test]
    fn the_banner_of_a_proxy_or_a_fork_tells_no_version() {
        for banner in [
            "Asterisk Call Manager Proxy/1.30.0",
            "AsterPBX Call Manager/1.1",
            "Asterisk Call Manager",
            "Asterisk Call Manager/",
            "Asterisk Call Manager/x.1",
            "Asterisk Call Manager/99999999999.0",
        ] {
            let unknown = AmiVersion::of_banner(banner.as_bytes());
            assert_eq!(unknown, AmiVersion::default(), "{banner}");
            assert!(!unknown.marks_lists() && unknown.escapes_values() && unknown.may_call_newexten_a_call());
        }
    }
}
