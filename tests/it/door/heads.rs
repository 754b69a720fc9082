//! Requests that are too much, or that two readers would read differently.

use std::io::Write;

use tokio::io::AsyncWriteExt;

use super::raw::{Answer, Server, lenient, lenient_but};

#[tokio::test]
async fn too_many_fields_are_refused() {
    let fields = "X-A: b\r\n".repeat(63);
    let server = Server::start(lenient_but(|limits| limits.head_fields = 64)).await;
    let refused = server.get("/", &fields).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (431, "headTooLarge"),
        "with Host and Connection they are 65"
    );
    assert_eq!(server.get("/", &fields[8..]).await.status, 200);
    assert_eq!(Server::start(lenient()).await.get("/", &fields).await.status, 200);
}

#[tokio::test]
async fn a_large_head_is_refused() {
    let field = format!("X-A: {}\r\n", "b".repeat(40_000));
    let refused = Server::start(lenient_but(|limits| limits.head_bytes = 32_768)).await.get("/", &field).await;
    assert_eq!((refused.status, refused.code().as_str()), (431, "headTooLarge"));
    assert_eq!(Server::start(lenient()).await.get("/", &field).await.status, 200);
}

#[tokio::test]
async fn a_long_address_is_refused() {
    let path = format!("/?{}", "a".repeat(5_000));
    let answer = Server::start(lenient_but(|limits| limits.url_bytes = 4_096)).await.get(&path, "").await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (414, Some("uriTooLong")));
    assert_eq!(Server::start(lenient()).await.get(&path, "").await.status, 200);
}

#[tokio::test]
async fn a_large_body_is_refused_whatever_its_head_says() {
    let server = Server::start(lenient_but(|limits| limits.body_bytes = 1_024)).await;
    let open = Server::start(lenient()).await;
    let body = "x".repeat(1_500);
    let start = "HTTP/1.1\r\nHost: t\r\nConnection: close\r\n";
    let declared = format!("{start}Content-Length: 1500\r\n\r\n{body}");
    let chunked = format!("{start}Transfer-Encoding: chunked\r\n\r\n5dc\r\n{body}\r\n0\r\n\r\n");
    for request in [declared, chunked] {
        let answer = server.send(format!("POST /echo {request}")).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (413, Some("tooLarge")));
        assert_eq!(server.send(format!("POST /photos {request}")).await.status, 200, "this path takes more");
        assert_eq!(open.send(format!("POST /echo {request}")).await.body.len(), 1_500);
    }
}

#[tokio::test]
async fn a_compressed_request_is_refused() {
    let server = Server::start(lenient()).await;
    for (coding, status) in [("gzip", 415), ("br", 415), ("identity, gzip", 415), ("identity", 200)] {
        assert_eq!(server.get("/", &format!("Content-Encoding: {coding}\r\n")).await.status, status, "{coding}");
    }
    let bomb = bomb();
    let post = |coding: &str| {
        let head = format!("POST /echo HTTP/1.1\r\nHost: t\r\n{coding}Connection: close\r\nContent-Length: ");
        [format!("{head}{}\r\n\r\n", bomb.len()).as_bytes(), &bomb].concat()
    };
    let refused = server.send(post("Content-Encoding: gzip\r\n")).await;
    assert_eq!((refused.status, refused.code().as_str()), (415, "unsupportedMediaType"));
    assert_eq!(server.send(post("")).await.body, bomb, "the control: nothing is unpacked");
}

/// Eight megabytes in a few thousand bytes.
fn bomb() -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![0; 8_000_000]).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn what_two_readers_would_read_differently_is_refused() {
    let server = Server::start(lenient()).await;
    let start = "POST /echo HTTP/1.1\r\nHost: t\r\nConnection: close\r\n";
    for trick in [
        "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "Content-Length: 3, 4\r\n\r\nabcd",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x3\r\n\r\nabc",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length : 3\r\n\r\nabc",
        "Transfer-Encoding: chunked, identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    ] {
        let refused = server.send(format!("{start}{trick}")).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "badRequest"), "{trick:?}");
    }
    // Chunked wins over a length (RFC 9112, 6.3): what follows is never taken for the body.
    let both = server.send(format!("{start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).await;
    assert_eq!((both.status, both.body.len()), (200, 0));
    assert_eq!(server.send(format!("{start}Content-Length: 3\r\n\r\nabc")).await.body, b"abc", "the control");
}

#[tokio::test]
async fn what_is_no_request_is_told_so_even_after_one_that_was() {
    let server = Server::start(lenient()).await;
    for nonsense in ["\u{16}\u{3}\u{1} hello\r\n\r\n", "GET / HTTP/3.0\r\n\r\n", "GET /\u{1} HTTP/1.1\r\n\r\n"] {
        let refused = server.send(nonsense).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "badRequest"), "{nonsense:?}");
        assert!(refused.head.contains("nosniff") && refused.head.contains("connection: close"), "{}", refused.head);

        let mut stream = server.connect().await;
        stream.write_all(format!("GET / HTTP/1.1\r\nHost: t\r\n\r\n{nonsense}").as_bytes()).await.unwrap();
        let both = Answer::read(&mut stream).await;
        let text = String::from_utf8(both.body).unwrap();
        assert!(both.status == 200 && text.starts_with("okHTTP/1.1 400 "), "{text}");
        assert!(text.ends_with('}') && text.contains("\"code\":\"badRequest\""), "{text}");
    }
}

#[tokio::test]
async fn who_sends_too_much_can_read_why_it_was_refused() {
    let server = Server::start(lenient_but(|limits| limits.body_bytes = 1_024)).await;
    let start = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 8000000\r\n\r\n";
    let refused = server.send([start.as_bytes(), &vec![b'x'; 8_000_000]].concat()).await;
    assert_eq!((refused.status, refused.code().as_str()), (413, "tooLarge"));
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let server = Server::start(lenient()).await;
    let mut stream = server.connect().await;
    let post = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n";
    let row = format!("{post}\r\none{post}\r\ntwo{post}Connection: close\r\n\r\nend");
    stream.write_all(row.as_bytes()).await.unwrap();
    let answer = Answer::read(&mut stream).await;
    let text = String::from_utf8(answer.body).unwrap();
    let places: Vec<_> = ["one", "two", "end"].iter().map(|body| text.find(body)).collect();
    assert!(places.is_sorted() && places[0] == Some(0) && places[2].is_some(), "{text}");
}
