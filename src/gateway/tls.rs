//! TLS to other people's services: rustls and ring, with the public authorities or those of a file.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Why there can be none.
#[derive(Debug)]
pub(super) enum TlsError {
    /// The file holds no certificate that can be used.
    Authorities,
    /// The rest.
    Provider(rustls::Error),
}

/// The configuration for a client.
pub(super) fn config(authorities: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let certificates = CertificateDer::pem_file_iter(file).map_err(|_| TlsError::Authorities)?;
            for certificate in certificates {
                let certificate = certificate.map_err(|_| TlsError::Authorities)?;
                roots.add(certificate).map_err(|_| TlsError::Authorities)?;
            }
            if roots.is_empty() {
                return Err(TlsError::Authorities);
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(config.map_err(TlsError::Provider)?.with_root_certificates(roots).with_no_client_auth())
}
