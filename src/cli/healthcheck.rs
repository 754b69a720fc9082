//! `gongce healthcheck`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::Config;

/// A container that does not answer within this is not healthy.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks the server of this configuration whether it is ready.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let asked = tokio::time::timeout(PATIENCE, answer(reachable(config.listen))).await;
    let answer = asked.context("no answer within three seconds")??;
    ensure!(answer.starts_with("HTTP/1.1 200"), "not ready: {}", why(&answer));
    super::print("ready\n")
}

/// A server that listens everywhere is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, listen.port())
}

async fn answer(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await.with_context(|| format!("nothing listens on {address}"))?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(4_096).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// What the service says of itself, or else the first line of its answer.
fn why(answer: &str) -> String {
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    let problem = body.and_then(|body| serde_json::from_str::<serde_json::Value>(body).ok());
    let detail = problem.as_ref().and_then(|problem| problem["detail"].as_str());
    detail.or_else(|| answer.lines().next()).unwrap_or_default().to_owned()
}
