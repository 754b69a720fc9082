//! Who asks too often, and who is taken for whom.

use super::raw::{Server, lenient, lenient_but};

const SEARCH: &str = "/api/v1/toilets/nearest";

#[tokio::test]
async fn who_searches_too_often_is_told_to_wait() {
    let server = Server::start(lenient_but(|limits| (limits.search_rate, limits.search_burst) = (1, 3))).await;
    let open = Server::start(lenient()).await;
    for _ in 0..3 {
        assert_eq!(server.get(SEARCH, "").await.status, 200);
    }
    let mut last = server.get(SEARCH, "").await;
    if last.status == 200 {
        // A slow machine took a second for four requests.
        last = server.get(SEARCH, "").await;
    }
    assert_eq!((last.status, last.json()["code"].as_str()), (429, Some("tooManyRequests")));
    assert!(last.head.contains("retry-after: 1") && last.json()["retryAfterSeconds"] == 1, "{}", last.head);
    assert_eq!(server.get("/", "").await.status, 200, "only searches are counted");
    for _ in 0..6 {
        assert_eq!(open.get(SEARCH, "").await.status, 200);
    }
}

#[tokio::test]
async fn who_guesses_at_plates_is_told_to_wait_and_may_search_on() {
    let server = Server::start(lenient_but(|limits| (limits.search_rate, limits.search_burst) = (1, 3))).await;
    let open = Server::start(lenient()).await;
    let guess = ["/p/x", "/api/v1/plates/x", "/p/y", "/p/z", "/api/v1/plates/z", "/p/x", "/p/y"];
    let (mut statuses, mut without) = (Vec::new(), Vec::new());
    for path in guess {
        statuses.push(server.get(path, "").await.status);
        without.push(open.get(path, "").await.status);
    }
    assert!(statuses[..3] == [404; 3] && statuses.contains(&429), "{statuses:?}");
    assert_eq!(without, [404; 7]);
    assert_eq!(server.get(SEARCH, "").await.status, 200, "a bucket of their own");
}

#[tokio::test]
async fn a_session_that_searches_too_often_is_told_to_wait() {
    let near = |limits: &mut gongce::http::Limits| {
        (limits.session_search_rate, limits.session_search_burst) = (1, 3);
    };
    let refused = async |server: &Server, headers: &dyn Fn(u32) -> String| {
        let mut refused = 0;
        for number in 0..12 {
            let answer = server.get(SEARCH, &headers(number)).await;
            refused += u32::from(answer.status == 429 && answer.head.contains("retry-after: "));
        }
        refused
    };
    let server = Server::start(lenient_but(near)).await;
    assert!(refused(&server, &|_| "Authorization: Bearer gct_1\r\n".to_owned()).await > 0);
    assert!(refused(&server, &|_| "Cookie: __Host-gongce=gct_2\r\n".to_owned()).await > 0, "by cookie as well");
    assert_eq!(refused(&server, &|number| format!("Authorization: Bearer gct_{number}x\r\n")).await, 0);
    assert_eq!(refused(&server, &|_| String::new()).await, 0, "who brings no session is counted by address alone");
    let open = Server::start(lenient()).await;
    assert_eq!(refused(&open, &|_| "Authorization: Bearer gct_1\r\n".to_owned()).await, 0, "the control");
}

#[tokio::test]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let near = |proxies: &[&str]| {
        lenient_but(|limits| {
            (limits.search_rate, limits.search_burst) = (1, 1);
            limits.trusted_proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        })
    };
    let statuses = async |server: &Server| {
        let mut refused = 0;
        for client in 1..=8 {
            let header = format!("X-Forwarded-For: 198.51.100.{client}\r\n");
            refused += u32::from(server.get(SEARCH, &header).await.status == 429);
        }
        refused
    };
    assert_eq!(statuses(&Server::start(near(&["127.0.0.0/8"])).await).await, 0, "eight clients, a bucket each");
    assert!(statuses(&Server::start(near(&["10.0.0.1"])).await).await > 0, "one client that lies about itself");
}

#[tokio::test]
async fn an_overload_is_refused_and_searches_still_find_a_place() {
    let crowd = async |server: &Server, found| {
        let answers = tokio::join!(
            server.get("/slow", ""),
            server.get("/slow", ""),
            server.get("/slow", ""),
            server.get("/slow", ""),
            async {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                (server.get(SEARCH, "").await, server.get("/livez", "").await)
            },
        );
        let (a, b, c, d, (search, alive)) = answers;
        assert_eq!((search.status, alive.status), (found, 200));
        [a, b, c, d].into_iter().filter(|answer| answer.status == 503).collect::<Vec<_>>()
    };
    let near = |limits: &mut gongce::http::Limits| (limits.in_flight, limits.in_flight_for_search) = (4, 2);
    let refused = crowd(&Server::start(lenient_but(near)).await, 200).await;
    assert_eq!(refused.len(), 2);
    assert!(refused[0].head.contains("retry-after: 1") && refused[0].json()["retryAfterSeconds"] == 1);
    assert_eq!(crowd(&Server::start(lenient()).await, 200).await.len(), 0);
    let unkept = |limits: &mut gongce::http::Limits| (limits.in_flight, limits.in_flight_for_search) = (4, 0);
    let crowded = crowd(&Server::start(lenient_but(unkept)).await, 503).await;
    assert_eq!(crowded.len(), 0, "the control: without places of their own, searches find none");
}
