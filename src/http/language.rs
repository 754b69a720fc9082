//! The language of what people are shown.

use poem::http::{HeaderMap, header};

pub(super) use crate::domain::language::Language;

impl Language {
    /// The language that `Accept-Language` prefers among those spoken (RFC 9110, 12.5.4).
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Neither tags nor the name of the weight have a case (RFC 9110, 12.4.2).
        let wanted = wanted.to_ascii_lowercase();
        let mut best = (Self::default(), 0.0);
        for range in wanted.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let Some(language) = parts.next().and_then(Self::spoken) else { continue };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            if let Some(weight) = weight.filter(|weight| *weight > best.1) {
                best = (language, weight);
            }
        }
        best.0
    }

    /// What is in this language of two.
    pub(super) fn of_two<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// Its tag (BCP 47).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    fn spoken(range: &str) -> Option<Self> {
        let primary = range.split('-').next().unwrap_or_default();
        match primary {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::HeaderValue;

    #[test]
    fn the_preferred_spoken_language_wins() {
        for (wanted, language) in [
            ("", "zh-CN"),
            ("en", "en"),
            ("en-GB,en;q=0.9", "en"),
            ("zh-TW", "zh-CN"),
            ("fr, en;q=0.5, zh;q=0.4", "en"),
            ("en;q=0.3, zh;q=0.8", "zh-CN"),
            ("fr", "zh-CN"),
            ("en;q=0", "zh-CN"),
            ("en;q=x", "zh-CN"),
            ("EN;Q=0.1,zh;q=0.5", "zh-CN"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wanted));
            assert_eq!(Language::of(&headers).tag(), language, "{wanted}");
        }
    }
}
