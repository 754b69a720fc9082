//! A reader for the document: Swagger UI as poem-openapi brings it, without a CDN and without inline script.
//!
//! poem-openapi offers it only as one page with everything inline, which a strict content security policy forbids. So
//! its script and style are cut out of that page and served as files, under a page of our own.

use std::sync::LazyLock;

use poem_openapi::OpenApiService;

/// Where the script of Swagger UI is served.
pub(super) const SCRIPT_PATH: &str = "/api/docs/swagger-ui.js";

/// Where the style of Swagger UI is served.
pub(super) const STYLE_PATH: &str = "/api/docs/swagger-ui.css";

/// Where the script that starts it is served.
pub(super) const START_PATH: &str = "/api/docs/start.js";

/// Scripts come from this host alone. Swagger UI sets styles on elements and draws icons from `data:` addresses.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                                 img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page itself.
pub(super) const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gongce 公厕 · API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<style>
  /* On a phone a wide table scrolls by itself, not the page; code in a sentence breaks like the sentence. */
  .swagger-ui .info table { display: block; overflow-x: auto; }
  .swagger-ui .info th, .swagger-ui .info td { padding-right: 1em; }
  .swagger-ui .markdown code, .swagger-ui .renderedMarkdown code { white-space: normal; overflow-wrap: anywhere; padding: 0 .2em; }
</style>
<div id="ui"></div>
<script src="/api/docs/swagger-ui.js"></script>
<script src="/api/docs/start.js"></script>
</html>
"#;

/// Starts Swagger UI on the page.
pub(super) const START: &str = "SwaggerUIBundle({ dom_id: '#ui', url: '/api/openapi.json', deepLinking: true });\n";

static INLINE: LazyLock<String> = LazyLock::new(|| OpenApiService::new((), "", "").swagger_ui_html());

/// The script of Swagger UI.
pub(super) fn script() -> &'static str {
    between(&INLINE, "<script charset=\"UTF-8\">", "</script>")
}

/// The style of Swagger UI.
pub(super) fn style() -> &'static str {
    between(&INLINE, "<style charset=\"UTF-8\">", "</style>")
}

/// What stands between two marks; nothing if they are not there, which a test rules out for the version in use.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let inside = text.split_once(start).and_then(|(_, rest)| rest.split_once(end));
    inside.map_or("", |(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_style_are_whole() {
        assert!(script().len() > 1_000_000 && script().contains("SwaggerUIBundle"));
        assert!(style().len() > 100_000 && style().contains(".swagger-ui"));
    }

    #[test]
    fn the_page_has_no_inline_script() {
        assert_eq!(PAGE.matches("<script").count(), PAGE.matches("<script src=").count());
        for path in [SCRIPT_PATH, STYLE_PATH, START_PATH] {
            assert!(PAGE.contains(path));
        }
    }
}
