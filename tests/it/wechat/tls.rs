//! The way to WeChat: only through TLS that a believed authority vouches for, and through the proxy that is configured.

use std::path::Path;
use std::sync::Arc;

use gongce::gateway::wechat::{AppSecret, Settings, Setup, SetupError, Wechat};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::standin::{SESSION, Standin};
use super::{APP, SECRET, service_with};
use crate::harness::stores::{Database, Kind};

/// Puts TLS before a server, for 127.0.0.1 by an authority of its own; answers the address and the authority as PEM.
async fn behind_tls(server: &Standin) -> (String, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = config.with_single_cert(vec![certificate.der().clone()], key).unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (url, inner) = (format!("https://{}", listener.local_addr().unwrap()), address(&server.url));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, inner) = (acceptor.clone(), inner.clone());
            tokio::spawn(async move {
                // A client that does not believe the authority hangs up.
                let Ok(mut outer) = acceptor.accept(stream).await else { return };
                let mut inner = TcpStream::connect(inner).await.unwrap();
                drop(copy_bidirectional(&mut outer, &mut inner).await);
            });
        }
    });
    (url, pem)
}

/// A proxy that knows nothing but CONNECT; answers its address, and tells where it was asked to connect to.
async fn proxy() -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, asked) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut outer, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(outer.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let target = head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap().to_owned();
            told.send(head).unwrap();
            let mut inner = TcpStream::connect(target).await.unwrap();
            outer.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            tokio::spawn(async move { drop(copy_bidirectional(&mut outer, &mut inner).await) });
        }
    });
    (url, asked)
}

fn address(url: &str) -> String {
    url.split("//").nth(1).unwrap().to_owned()
}

fn client(url: &str, authority: Option<&Path>, proxy: Option<&str>) -> Result<Arc<Wechat>, SetupError> {
    let settings = Settings {
        base_url: format!("{url}/"),
        ca_file: authority.map(Path::to_owned),
        proxy: proxy.map(|proxy| proxy.parse().unwrap()),
        ..Settings::default()
    };
    let (app_id, secret) = (APP.to_owned(), AppSecret::new(SECRET).unwrap());
    Wechat::new(Setup { app_id, secret, push_token: None, settings }).map(Arc::new)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_goes_only_to_whom_a_believed_authority_vouches_for() {
    let (database, wechat) = (Database::migrated(Kind::Sqlite).await, Standin::start().await);
    let (url, pem) = behind_tls(&wechat).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, pem).unwrap();

    let app = service_with(&database, 0, client(&url, Some(&authority), None).ok()).await;
    assert_eq!(app.sign_in(&json!({"code": "li~1"})).await.status, 201);
    let asked = wechat.asked(SESSION).len();
    // The control: the public authorities know nothing of this one, nor does another of the same name.
    let (_, other) = behind_tls(&wechat).await;
    let stranger = folder.path().join("other.pem");
    std::fs::write(&stranger, other).unwrap();
    for believed in [None, Some(stranger.as_path())] {
        let app = service_with(&database, 0, client(&url, believed, None).ok()).await;
        let refused = app.sign_in(&json!({"code": "li~2"})).await;
        assert_eq!(refused.problem(), (503, "wechatUnavailable".to_owned()));
    }
    assert_eq!(wechat.asked(SESSION).len(), asked);

    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    assert!(matches!(client(&url, Some(&empty), None), Err(SetupError::Authorities)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_sees_where_a_call_goes_and_nothing_of_it() {
    let (database, wechat) = (Database::migrated(Kind::Sqlite).await, Standin::start().await);
    let (url, pem) = behind_tls(&wechat).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, pem).unwrap();
    let (proxy, mut asked) = proxy().await;
    let with_password = proxy.replace("http://", "http://me:canary@");
    let app = service_with(&database, 0, client(&url, Some(&authority), Some(&with_password)).ok()).await;
    assert_eq!(app.sign_in(&json!({"code": "li~1"})).await.status, 201);
    let head = asked.recv().await.unwrap();
    assert!(head.starts_with(&format!("CONNECT {} ", address(&url))), "{head}");
    assert!(head.to_lowercase().contains("proxy-authorization: basic") && !head.contains(SECRET), "{head}");
    assert!(!format!("{:?}", app.ctx.wechat).contains("canary"));
}
