//! A TLS server that reads one record at a time and reports the plain bytes of each.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    HandshakeKind, ProtocolVersion, RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion,
};

use super::certificates::{Identity, Issuer};
use super::drive::PATIENCE;
use super::peer::{self, BANNER, Dialogue};

pub(crate) struct TlsPeer {
    pub(crate) port: u16,
    /// The plain bytes of each record that a client sent.
    pub(crate) records: Receiver<Vec<u8>>,
    handshakes: Receiver<(ProtocolVersion, HandshakeKind)>,
    /// Ends the pause after an action `Pause`, in which the server reads nothing.
    pub(crate) go: Sender<()>,
}

/// The options of the server.
pub(crate) struct Manners<'a> {
    pub(crate) versions: &'a [&'static SupportedProtocolVersion],
    /// The server requires a client certificate of this issuer.
    pub(crate) asks: Option<&'a Issuer>,
    /// The server signs with the key of this other certificate, because it does not have its own.
    pub(crate) key_of: Option<&'a Identity>,
}

impl Default for Manners<'_> {
    fn default() -> Self {
        Self { versions: rustls::ALL_VERSIONS, asks: None, key_of: None }
    }
}

impl TlsPeer {
    pub(crate) fn start(identity: &Identity) -> Self {
        Self::with(identity, &Manners::default())
    }

    pub(crate) fn with(identity: &Identity, manners: &Manners<'_>) -> Self {
        let config = Arc::new(config(identity, manners));
        let (records_sender, records) = channel();
        let (handshakes_sender, handshakes) = channel();
        let (go, going) = channel();
        let senders = Arc::new(Mutex::new((records_sender, handshakes_sender)));
        let going = Arc::new(Mutex::new(going));
        let address = peer::serve(peer::listener(), move |stream| {
            let (records, handshakes) = senders.lock().expect("no panic").clone();
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a fine configuration");
            // If the client hangs up or refuses the certificate, the session ends with an error.
            let _ = Session { stream, connection, records, going: Arc::clone(&going) }.serve(&handshakes);
        });
        Self { port: address.port(), records, handshakes, go }
    }

    /// The TLS version of the last handshake.
    pub(crate) fn version(&self) -> Option<ProtocolVersion> {
        self.handshakes.try_iter().last().map(|(version, _)| version)
    }

    /// True if the last handshake resumed an earlier session.
    pub(crate) fn is_resumed(&self) -> bool {
        let last = self.handshakes.try_iter().last().expect("a handshake");
        last.1 == HandshakeKind::Resumed
    }
}

fn config(identity: &Identity, manners: &Manners<'_>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(manners.versions)
        .expect("versions that ring has");
    let builder = match manners.asks {
        None => builder.with_no_client_auth(),
        Some(issuer) => {
            let mut roots = RootCertStore::empty();
            roots.add(issuer.der()).expect("a fine issuer");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a root"))
        }
    };
    // `with_single_cert` would refuse a key that does not belong to the certificate.
    let key = manners.key_of.unwrap_or(identity).signing_key();
    let certified = CertifiedKey::new(identity.chain(), key);
    builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
}

struct Session {
    stream: TcpStream,
    connection: ServerConnection,
    records: Sender<Vec<u8>>,
    going: Arc<Mutex<Receiver<()>>>,
}

impl Session {
    fn serve(mut self, handshakes: &Sender<(ProtocolVersion, HandshakeKind)>) -> io::Result<()> {
        while self.connection.is_handshaking() {
            self.take_record()?;
        }
        if let (Some(version), Some(kind)) =
            (self.connection.protocol_version(), self.connection.handshake_kind())
        {
            let _ = handshakes.send((version, kind));
        }
        self.say(BANNER)?;
        let mut dialogue = Dialogue::default();
        loop {
            let heard = self.take_record()?;
            if !heard.is_empty() {
                let (said, actions) = dialogue.hear(&heard);
                let _ = self.records.send(heard);
                self.say(&said)?;
                if actions.iter().any(|action| peer::header(action, "Action") == Some("Pause")) {
                    let _ = self.going.lock().expect("no panic").recv_timeout(PATIENCE);
                }
            }
        }
    }

    /// Reads exactly one record and returns its plain bytes.
    fn take_record(&mut self) -> io::Result<Vec<u8>> {
        let mut record = vec![0; 5];
        self.stream.read_exact(&mut record)?;
        let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
        record.resize(5 + length, 0);
        self.stream.read_exact(&mut record[5..])?;
        let mut rest = record.as_slice();
        while !rest.is_empty() {
            self.connection.read_tls(&mut rest)?;
        }
        let state = self.connection.process_new_packets();
        self.flush()?;
        let count = state.map_err(io::Error::other)?.plaintext_bytes_to_read();
        let mut plain = vec![0; count];
        self.connection.reader().read_exact(&mut plain)?;
        Ok(plain)
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(16_384) {
            self.connection.writer().write_all(piece)?;
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.stream)?;
        }
        Ok(())
    }
}
