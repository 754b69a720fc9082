//! The picture under the map of the page, where somebody has one to offer.

use super::Violation;
use super::public_url::PublicUrl;
use crate::geo::Crs;

/// Tiles as web maps cut them, and the datum in which they are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapTiles {
    template: String,
    origin: Option<String>,
    crs: Crs,
    attribution: String,
}

impl MapTiles {
    /// Tiles at `template`: `https://HOST/…{z}…{x}…{y}…`, or a path of the service's own host.
    ///
    /// # Errors
    /// What is wrong with the template, or a datum in which no such tiles are cut.
    pub fn new(template: &str, crs: Crs, attribution: &str) -> Result<Self, Violation> {
        let wrong = |message: &str| Violation::new("map_tiles", "badUrl", message);
        if crs == Crs::Bd09 {
            return Err(wrong("must be cut as wgs84 or gcj02 tiles are; those of bd09 follow another grid"));
        }
        if ["{z}", "{x}", "{y}"].iter().any(|part| template.matches(part).count() != 1) {
            return Err(wrong("must hold {z}, {x} and {y}, each once"));
        }
        if !template.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\;,".contains(&byte)) {
            return Err(wrong("must be a URL of plain characters"));
        }
        let origin = if template.starts_with('/') && !template.starts_with("//") {
            None
        } else {
            let path = template.match_indices('/').nth(2).map(|(at, _)| at);
            let host =
                path.map(|path| &template[..path]).ok_or_else(|| wrong("must have a path with {z}, {x} and {y}"))?;
            Some(host.parse::<PublicUrl>().map_err(|violation| violation.in_field("map_tiles"))?.origin().to_owned())
        };
        Ok(Self { template: template.to_owned(), origin, crs, attribution: attribution.trim().to_owned() })
    }

    /// The URL of a tile, with `{z}`, `{x}` and `{y}` to be filled in.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// Where they come from; `None` for the service itself.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The datum in which they are drawn.
    #[must_use]
    pub fn crs(&self) -> Crs {
        self.crs
    }

    /// Whose map it is, to be shown on it.
    #[must_use]
    pub fn attribution(&self) -> &str {
        &self.attribution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_from_a_host_or_from_here() {
        let read = |template| MapTiles::new(template, Crs::Gcj02, " 天地图 ");
        let tiles =
            read("https://Tiles.example:8443/t?x={x}&y={y}&z={z}").map(|tiles| tiles.origin().map(str::to_owned));
        assert_eq!(tiles, Ok(Some("https://tiles.example:8443".to_owned())));
        let own = read("/tiles/{z}/{x}/{y}.png");
        assert_eq!(
            own.map(|tiles| (tiles.origin().is_none(), tiles.attribution().to_owned())),
            Ok((true, "天地图".to_owned()))
        );
    }

    #[test]
    fn what_a_policy_could_not_hold_is_refused() {
        for template in [
            "https://tiles.example/{z}/{x}",
            "https://tiles.example/{z}/{x}/{y}/{y}",
            "http://tiles.example/{z}/{x}/{y}",
            "//tiles.example/{z}/{x}/{y}",
            "https://tiles.example;script-src *//{z}/{x}/{y}",
            "https://{z}{x}{y}",
            "https://tiles.example/{z}/{x}/{y} ",
        ] {
            assert!(MapTiles::new(template, Crs::Wgs84, "").is_err(), "{template}");
        }
        assert!(MapTiles::new("https://tiles.example/{z}/{x}/{y}", Crs::Bd09, "").is_err());
    }
}
