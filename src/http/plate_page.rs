//! What a browser shows of a scanned plate: `/p/{token}`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Request, Response, Result};

use super::fragment::{Fragment, Named};
use super::language::Language;
use super::pages::STILL_PAGE_POLICY;
use super::problem::Problem;
use crate::domain::hours::Opening;
use crate::domain::plate::PlateKind;
use crate::domain::toilet::Status;
use crate::finder::Entry;
use crate::usecase::{Ctx, Failure, plates};

/// Its path.
pub(super) const PATH: &str = "/p/{token}";
/// The same as the router writes it.
pub(super) const ROUTE: &str = "/p/:token";

/// Answers a browser that was led here by a plate.
pub(super) async fn show(ctx: Arc<Ctx>, request: Request) -> Result<Response> {
    let language = Language::of(request.headers());
    let token: String = request.path_params()?;
    let (status, page) = match plates::verify(&ctx, &token).await {
        Ok((plate, entry)) if plate.kind == PlateKind::Citizen => (StatusCode::OK, citizen(&ctx, &entry, language)),
        Ok((_, entry)) => (StatusCode::OK, staff(&entry, language)),
        Err(Failure::NotFound) => (StatusCode::NOT_FOUND, unknown(language)),
        Err(failure) => return Err(Problem::from(failure).into()),
    };
    let answer = Response::builder().status(status).content_type("text/html; charset=utf-8");
    let answer = answer.header(header::CONTENT_SECURITY_POLICY, STILL_PAGE_POLICY);
    let answer = answer.header(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    Ok(answer.header(header::VARY, "Accept-Language").body(page))
}

fn citizen(ctx: &Ctx, entry: &Entry, language: Language) -> String {
    let Named { name, name_en, address } = Fragment::read(entry.fragment()).named();
    let title = name_en.filter(|_| language == Language::English).unwrap_or(name);
    let state = escaped(&state(ctx, entry, ctx.clock.now(), language));
    let address = address.map(|address| format!("<p>{}</p>\n", escaped(&address))).unwrap_or_default();
    let (more, nearest) =
        language.of_two(("详细资料", "查找最近的公厕"), ("All that is known", "Find the nearest toilets"));
    let id = entry.id();
    let body = format!(
        "<p><strong>{state}</strong></p>\n{address}<p><a href=\"/api/v1/toilets/{id}\">{more}</a></p>\n\
         <p><a href=\"/\">{nearest}</a></p>\n"
    );
    whole(language, &title, &body)
}

fn staff(entry: &Entry, language: Language) -> String {
    let Named { name, .. } = Fragment::read(entry.fragment()).named();
    let (title, what) = language.of_two(
        ("保洁牌", "这是保洁人员使用的二维码牌。保洁人员请在小程序或应用内扫描；如需了解这座公厕，请扫描门口的公众牌。"),
        (
            "A cleaners’ plate",
            "This plate is for the people who clean here. Please scan it from within the app; for this toilet itself, scan \
             the public plate at the door.",
        ),
    );
    whole(language, title, &format!("<p>{}</p>\n<p>{what}</p>\n", escaped(&name)))
}

/// The same for all that can be wrong with a plate, so that nobody can feel their way to a good one.
fn unknown(language: Language) -> String {
    let (title, what) = language.of_two(
        ("这块牌子无效", "它可能已被更换、损坏，或者不是这里发出的。请扫描现场的新牌，或直接查找公厕。"),
        (
            "This plate does not count",
            "It may have been replaced, be damaged, or not be ours. Please scan the new plate on the spot, or look for a \
             toilet directly.",
        ),
    );
    let nearest = language.of_two("查找最近的公厕", "Find the nearest toilets");
    whole(language, title, &format!("<p>{what}</p>\n<p><a href=\"/\">{nearest}</a></p>\n"))
}

/// Whether the door is open, in a few words.
fn state(ctx: &Ctx, entry: &Entry, at: DateTime<Utc>, language: Language) -> String {
    let say = |chinese: &str, english: &str| language.of_two(chinese, english).to_owned();
    match (entry.status(at), entry.opening(&ctx.calendars, at)) {
        (Status::Planned, _) => say("尚未启用", "Not in use yet"),
        (Status::Retired, _) => say("已停用", "No longer in use"),
        (_, Opening::Open { until: Some(until) }) => {
            let until = clock(entry, at, until);
            say(&format!("现在开放，至 {until}"), &format!("Open now, until {until}"))
        }
        (_, Opening::Open { until: None }) => say("现在开放", "Open now"),
        (_, Opening::Closed { opens_at: Some(opens) }) => {
            let opens = clock(entry, at, opens);
            say(&format!("现在关闭，{opens} 开放"), &format!("Closed now, opens at {opens}"))
        }
        (_, Opening::Closed { opens_at: None }) => say("现在关闭", "Closed now"),
        (_, Opening::Unknown) => say("开放时间不详", "Opening hours unknown"),
    }
}

/// The local time, with its day unless that is today.
fn clock(entry: &Entry, at: DateTime<Utc>, then: DateTime<Utc>) -> String {
    let local = then.with_timezone(&entry.zone());
    let form = if entry.day(then) == entry.day(at) { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    local.format(form).to_string()
}

fn whole(language: Language, title: &str, body: &str) -> String {
    let (tag, title) = (language.tag(), escaped(title));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>\n\
         \x20 :root {{ color-scheme: light dark; }}\n\
         \x20 body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; }}\n\
         </style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
