//! TLS of one link: its handshake, and records that Asterisk reads completely.

use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, ClientConnection, Error};

use crate::client::Transfer;
use crate::settings::{ServerSettings, TlsSettings};
use crate::vocabulary::DisconnectReason;

/// Asterisk reads at most 1,024 bytes at once and then polls the raw descriptor, ignoring bytes that OpenSSL
/// holds already decrypted (`get_input` of main/manager.c). The rest of a longer record stays unread until the
/// next record arrives. Therefore a record never holds more, and ends where a line ends.
const RECORD_BYTES_MAX: usize = 1_024;

pub(super) struct Tls {
    connection: ClientConnection,
}

impl Tls {
    /// Prepares a handshake.
    ///
    /// # Errors
    ///
    /// Says which server name cannot be used.
    pub(super) fn new(
        settings: &ServerSettings,
        tls: &TlsSettings,
        config: Arc<ClientConfig>,
    ) -> Result<Self, String> {
        let name = tls.server_name.as_deref().unwrap_or(&settings.host);
        let name = ServerName::try_from(name.trim_start_matches('[').trim_end_matches(']').to_owned())
            .map_err(|_| format!("\"{name}\" is no name that a certificate can carry: set serverName"))?;
        let mut connection = ClientConnection::new(config, name).map_err(|error| error.to_string())?;
        // The client's outbox is the bound; rustls receives one record at a time.
        connection.set_buffer_limit(None);
        Ok(Self { connection })
    }

    /// Continues the handshake. True when it is complete.
    ///
    /// # Errors
    ///
    /// Says why the handshake failed.
    pub(super) fn shake_hands(&mut self, socket: &mut (impl Read + Write)) -> Result<bool, String> {
        while self.connection.is_handshaking() {
            let mut blocked = true;
            while self.connection.wants_write() {
                match self.connection.write_tls(socket) {
                    Ok(_) => blocked = false,
                    Err(error) if is_blocked(&error) => break,
                    Err(error) => return Err(error.to_string()),
                }
            }
            if self.connection.wants_read() {
                match self.connection.read_tls(socket) {
                    Ok(0) => return Err("the peer closed during the handshake: is it a TLS port?".to_owned()),
                    Ok(_) => blocked = false,
                    Err(error) if is_blocked(&error) => {}
                    Err(error) => return Err(error.to_string()),
                }
                if let Err(error) = self.connection.process_new_packets() {
                    // Sends the alert that tells the peer the cause.
                    let _ = self.connection.write_tls(socket);
                    return Err(explained(&error));
                }
            }
            if blocked {
                return Ok(false);
            }
        }
        self.flush(socket).map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Reads decrypted bytes.
    pub(super) fn read(&mut self, socket: &mut (impl Read + Write), into: &mut [u8]) -> Transfer {
        loop {
            match self.connection.reader().read(into) {
                Ok(0) => return closed("the peer closed the TLS session"),
                Ok(count) => return Transfer::Done(count),
                Err(error) if is_blocked(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return closed("the peer closed the connection");
                }
                Err(error) => return closed(&error.to_string()),
            }
            match self.connection.read_tls(socket) {
                Ok(0) => {
                    // Bytes decrypted earlier are still to be read. The next call reports the close.
                    let _ = self.connection.process_new_packets();
                    if let Ok(count @ 1..) = self.connection.reader().read(into) {
                        return Transfer::Done(count);
                    }
                    return closed("the peer closed the connection");
                }
                Ok(_) => {}
                Err(error) if is_blocked(&error) => return Transfer::Blocked,
                Err(error) => return closed(&error.to_string()),
            }
            if let Err(error) = self.connection.process_new_packets() {
                return Transfer::Closed { reason: DisconnectReason::Tls, detail: explained(&error) };
            }
        }
    }

    /// Writes one record of whole lines.
    pub(super) fn write(&mut self, socket: &mut (impl Read + Write), bytes: &[u8]) -> Transfer {
        match self.flush(socket) {
            Ok(true) => {}
            Ok(false) => return Transfer::Blocked,
            Err(error) => return closed(&error.to_string()),
        }
        let record = &bytes[..record_length(bytes)];
        if let Err(error) = self.connection.writer().write_all(record) {
            return closed(&error.to_string());
        }
        match self.flush(socket) {
            Ok(_) => Transfer::Done(record.len()),
            Err(error) => closed(&error.to_string()),
        }
    }

    /// Writes encrypted bytes to the socket. True if none are left.
    ///
    /// # Errors
    ///
    /// An error of the socket.
    pub(super) fn flush(&mut self, socket: &mut (impl Read + Write)) -> io::Result<bool> {
        while self.connection.wants_write() {
            match self.connection.write_tls(socket) {
                Ok(_) => {}
                Err(error) if is_blocked(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Sends the close alert, as far as the socket accepts it now.
    pub(super) fn close(&mut self, socket: &mut (impl Read + Write)) {
        self.connection.send_close_notify();
        let _ = self.flush(socket);
    }
}

/// Length of the next record: at most 1,024 bytes, up to the end of a line if there is one.
fn record_length(bytes: &[u8]) -> usize {
    let longest = bytes.len().min(RECORD_BYTES_MAX);
    memchr::memrchr(b'\n', &bytes[..longest]).map_or(longest, |end| end + 1)
}

fn closed(detail: &str) -> Transfer {
    Transfer::Closed { reason: DisconnectReason::PeerClosed, detail: detail.to_owned() }
}

fn is_blocked(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// The cause of a TLS error, in the user's words if the cause is a common one.
fn explained(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!("the server's certificate has expired: {error}")
        }
        Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            format!("the server's certificate is not valid yet: {error}")
        }
        Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            format!("the server's certificate is for another name, set serverName: {error}")
        }
        // A CA that was created again under its old name is found by that name, but its signature does not
        // match.
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            "the server's certificate is signed by nobody trusted here: put its issuer, or the certificate itself where \
             it is self-signed, into caFile"
                .to_owned()
        }
        Error::InvalidCertificate(other) if is_ca_as_end_entity(other) => {
            "the server's certificate is self-signed: put it into caFile to trust just it".to_owned()
        }
        // The verifier has explained this error already.
        Error::General(words) => words.clone(),
        Error::InvalidMessage(_) => format!("what listens does not speak TLS: {error}"),
        other => other.to_string(),
    }
}

/// rustls has no variant for this error of webpki, and hides it in `CertificateError::Other`.
fn is_ca_as_end_entity(error: &CertificateError) -> bool {
    matches!(error, CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_whole_lines_of_at_most_1024_bytes() {
        assert_eq!(record_length(b"Action: Ping\r\n\r\n"), 16);
        let mut long = b"X: ".to_vec();
        long.extend([b'x'; 1_000]);
        long.extend(b"\r\nY: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n\r\n");
        assert_eq!(record_length(&long), 1_005);
        assert_eq!(record_length(&[b'x'; 3_000]), 1_024);
    }
}
