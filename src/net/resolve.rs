//! Resolves names to addresses.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

/// A host and a port.
pub(super) type Name = (String, u16);

/// Asks the system's resolver, which may block.
///
/// # Errors
///
/// Says why there is no address.
pub(super) fn look_up(name: &Name) -> Result<Vec<SocketAddr>, String> {
    let addresses: io::Result<Vec<_>> = (name.0.as_str(), name.1).to_socket_addrs().map(Iterator::collect);
    match addresses {
        Ok(addresses) if addresses.is_empty() => Err("the name has no address".to_owned()),
        Ok(addresses) => Ok(interleaved(addresses)),
        Err(error) => Err(error.to_string()),
    }
}

/// Alternates IPv6 and IPv4, beginning with the family of the system's first address (RFC 8305).
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let mut second = second.into_iter();
    let mut turns = Vec::new();
    for address in first {
        turns.push(address);
        turns.extend(second.next());
    }
    turns.extend(second);
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        let parse = |list: &[&str]| -> Vec<SocketAddr> { list.iter().map(|a| a.parse().unwrap()).collect() };
        let given = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]);
        assert_eq!(interleaved(given), parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
    }
}
