//! Configuration: flags over `GONGCE_…` environment over a TOML file over defaults; refused as a whole if anything in
//! it is unknown or out of range, with everything that is wrong listed at once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Environment, File, FileFormat, Source, Value};

use crate::domain::Violation;
use crate::domain::account::LockOut;
use crate::domain::map_tiles::MapTiles;
use crate::domain::public_url::PublicUrl;
use crate::gateway::{self, outbound, wechat};
use crate::geo::Crs;
use crate::http::{LIMITS, Limits};

/// One thing that can be set: `GONGCE_` and the key in capitals is its variable.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key in a file.
    pub key: &'static str,
    /// What it is when nobody says; empty is unset.
    pub default: &'static str,
    /// What it means, with the allowed values.
    pub meaning: &'static str,
}

impl<S> From<gateway::Setting<S>> for Setting {
    fn from(setting: gateway::Setting<S>) -> Self {
        let gateway::Setting { key, default, meaning, .. } = setting;
        Self { key, default, meaning }
    }
}

/// Everything that can be set: the limits of the front door come last.
pub fn settings() -> impl Iterator<Item = Setting> {
    let limits = LIMITS.iter();
    let of_wechat = wechat::SETTINGS.into_iter().map(Setting::from);
    let of_outbox = outbound::SETTINGS.into_iter().map(Setting::from);
    SETTINGS.iter().copied().chain(of_wechat).chain(of_outbox).chain(limits.map(|limit| Setting {
        key: limit.key,
        default: limit.default,
        meaning: limit.meaning.trim_start(),
    }))
}

const SETTINGS: &[Setting] = &[
    Setting {
        key: "database_url",
        default: "sqlite://gongce.db",
        meaning: "where the register lies: sqlite://FILE or postgres://USER@HOST/DATABASE",
    },
    Setting {
        key: "database_password_file",
        default: "",
        meaning: "a file with the PostgreSQL password, so that it stands in no URL",
    },
    Setting { key: "listen", default: "127.0.0.1:8080", meaning: "the address and port to serve on" },
    Setting {
        key: "admin_listen",
        default: "127.0.0.1:8090",
        meaning: "the address and port for /metrics and a readiness with details; off for none",
    },
    Setting {
        key: "admin_beyond_loopback",
        default: "no",
        meaning: "yes to let admin_listen be an address that other machines reach: what it tells is not for the public",
    },
    Setting {
        key: "log", default: "info", meaning: "what to log: error, warn, info, debug, trace, or target=level,…"
    },
    Setting {
        key: "holidays_file",
        default: "",
        meaning: "a TOML file with a further holiday calendar, of the same form as the built-in one of China",
    },
    Setting {
        key: "keys_dir",
        default: "",
        meaning: "the folder with the keys that seal secrets; with SQLite FILE.keys, made by itself",
    },
    Setting {
        key: "photos",
        default: "",
        meaning: "where the files of photos are: a folder, with SQLite FILE.photos; s3://BUCKET/PREFIX in builds with s3",
    },
    Setting {
        key: "public_url",
        default: "",
        meaning: "where the public reaches the service: https://HOST, or http on loopback; listen where that is loopback",
    },
    Setting {
        key: "account_failures",
        default: "5",
        meaning: "failures to sign in to an account in 15 minutes after which it is locked for their rest (1 to 100)",
    },
    Setting {
        key: "address_failures",
        default: "20",
        meaning: "failures to sign in from an address in a minute after which it waits for their rest (1 to 10000)",
    },
    Setting {
        key: "targets_file",
        default: "",
        meaning: "a TOML file with the targets that reports hold shares against, in place of the ministry's",
    },
    Setting {
        key: "public_crs",
        default: "",
        meaning: "the only datum in which positions are published: gcj02, bd09 or wgs84; unset: whichever is asked for",
    },
    Setting {
        key: "map_tiles",
        default: "",
        meaning: "the tiles under the page's map: https://HOST/…{z}…{x}…{y}…, or a path on this host; unset: a plain ground",
    },
    Setting { key: "map_tiles_crs", default: "", meaning: "the datum in which these tiles are drawn: wgs84 or gcj02" },
    Setting {
        key: "map_attribution",
        default: "",
        meaning: "whose map these tiles are, as their licence wants it shown",
    },
];

/// A variable that belongs to the tests and is no setting.
const NOT_A_SETTING: &str = "real_data";

/// A checked configuration.
#[derive(Clone)]
pub struct Config {
    /// The database's URL as it was given, a password included: never to be shown (see `shown`).
    pub database_url: String,
    /// The file with the database's password.
    pub database_password_file: Option<PathBuf>,
    /// The address to serve on.
    pub listen: SocketAddr,
    /// The address of the administration listener, if there is one.
    pub admin_listen: Option<SocketAddr>,
    /// The log filter.
    pub log: String,
    /// A further holiday calendar.
    pub holidays_file: Option<PathBuf>,
    /// The folder with the keys.
    pub keys_dir: Option<PathBuf>,
    /// Where the files of photos are.
    pub photos: Option<String>,
    /// Where the public reaches the service.
    pub public_url: Option<PublicUrl>,
    /// How WeChat is reached, and as which app.
    pub wechat: wechat::Settings,
    /// How messages go out to webhooks and robots.
    pub outbound: outbound::Settings,
    /// When nobody may try any more to sign in.
    pub lock_out: LockOut,
    /// The targets in place of the built-in ones.
    pub targets_file: Option<PathBuf>,
    /// The only datum in which positions are published.
    pub public_crs: Option<Crs>,
    /// The tiles under the page's map.
    pub map_tiles: Option<MapTiles>,
    /// How much clients may take.
    pub limits: Limits,
    /// Every setting with its value as it may be shown, and where it came from.
    pub shown: BTreeMap<&'static str, (String, String)>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.shown.iter().map(|(key, (value, _))| (key, value))).finish()
    }
}

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  - {}", .0.join("\n  - "))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the configuration: `flags` by key, the environment, and the file if one is named. `defaults` replaces
    /// those of [`settings`].
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn read(
        file: Option<&Path>,
        flags: &[(&'static str, String)],
        defaults: &[(&'static str, &str)],
    ) -> Result<Self, ConfigError> {
        let mut wrong = Vec::new();
        let from_file = file.map(|path| read_file(path, &mut wrong)).unwrap_or_default();
        let from_environment = Environment::with_prefix("GONGCE").collect().unwrap_or_else(|error| {
            wrong.push(format!("the environment cannot be read: {error}"));
            config::Map::default()
        });
        let from_environment = from_environment.into_iter().filter(|(key, _)| key != NOT_A_SETTING).collect();
        let from_environment = known(from_environment, |key| format!("GONGCE_{}", key.to_uppercase()), &mut wrong);
        let mut found = BTreeMap::new();
        for setting in settings() {
            let flag = flags.iter().rev().find(|(key, _)| *key == setting.key);
            let default =
                defaults.iter().find(|(key, _)| *key == setting.key).map_or(setting.default, |(_, text)| text);
            let (value, origin) = flag
                .map(|(key, value)| (value.clone(), format!("--{}", key.replace('_', "-"))))
                .or_else(|| from_environment.get(setting.key).cloned())
                .or_else(|| from_file.get(setting.key).cloned())
                .unwrap_or_else(|| (default.to_owned(), "default".to_owned()));
            found.insert(setting.key, (value, origin));
        }
        Self::check(found, wrong)
    }

    fn check(mut found: BTreeMap<&'static str, (String, String)>, mut wrong: Vec<String>) -> Result<Self, ConfigError> {
        let text = |key: &str| found.get(key).map(|(value, _)| value.clone()).unwrap_or_default();
        let path = |key: &str| Some(PathBuf::from(text(key))).filter(|path| !path.as_os_str().is_empty());
        let database_url = text("database_url");
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| database_url.starts_with(scheme)) {
            wrong.push("database_url must begin with sqlite:// or postgres://".to_owned());
        }
        let listen = text("listen").parse();
        if listen.is_err() {
            wrong.push(format!("listen is “{}”: give an address and a port, such as 127.0.0.1:8080", text("listen")));
        }
        let admin_listen = admin_listen(&text("admin_listen"), &text("admin_beyond_loopback"), &mut wrong);
        if let Err(error) = check_log(&text("log")) {
            wrong.push(format!("log is “{}”: {error}", text("log")));
        }
        let (log, holidays_file, targets_file) = (text("log"), path("holidays_file"), path("targets_file"));
        let database_password_file = path("database_password_file");
        for (key, file) in [
            ("holidays_file", &holidays_file),
            ("targets_file", &targets_file),
            ("database_password_file", &database_password_file),
        ] {
            if let Some(file) = file.as_ref().filter(|file| !file.is_file()) {
                wrong.push(format!("{key} names {}, which is no file", file.display()));
            }
        }
        let keys_dir = path("keys_dir");
        let photos = Some(text("photos")).filter(|place| !place.is_empty());
        let public_url = public_url(&text("public_url"), listen.as_ref().ok(), &mut wrong);
        let wechat = of_wechat(text, &mut wrong);
        if wechat.account_app_id.is_some() && public_url.is_none() {
            wrong.push("wechat_account_app_id needs public_url, where people come back to from WeChat".to_owned());
        }
        let outbound = of_outbox(text, &mut wrong);
        let lock_out = LockOut {
            by_account: whole("account_failures", &text("account_failures"), 100, &mut wrong),
            by_address: whole("address_failures", &text("address_failures"), 10_000, &mut wrong),
        };
        let public_crs = public_crs(&text("public_crs"), &mut wrong);
        let map_tiles = map_tiles(text, public_crs, &mut wrong);
        let limits = limits(text, &mut wrong);
        for key in ["database_url", "wechat_proxy", "outbox_proxy"] {
            if let Some((url, _)) = found.get_mut(key) {
                *url = without_password(url);
            }
        }
        match listen {
            Ok(listen) if wrong.is_empty() => Ok(Self {
                database_url,
                database_password_file,
                listen,
                admin_listen,
                log,
                holidays_file,
                keys_dir,
                photos,
                public_url,
                wechat,
                outbound,
                lock_out,
                targets_file,
                public_crs,
                map_tiles,
                limits,
                shown: found,
            }),
            _ => Err(ConfigError(wrong)),
        }
    }
}

/// The public's address; a service on loopback that nobody gave one is its own public.
fn public_url(text: &str, listen: Option<&SocketAddr>, wrong: &mut Vec<String>) -> Option<PublicUrl> {
    if text.is_empty() {
        let own = listen.filter(|listen| listen.ip().is_loopback() && listen.port() != 0);
        return own.and_then(|listen| format!("http://{listen}").parse().ok());
    }
    let read = text.parse().map_err(|violation: Violation| violation.message);
    read.map_err(|message| wrong.push(format!("public_url is “{text}”: {message}"))).ok()
}

/// Where the administration listens, if anywhere; what is wrong with that is told.
fn admin_listen(text: &str, beyond: &str, wrong: &mut Vec<String>) -> Option<SocketAddr> {
    if !["yes", "no"].contains(&beyond) {
        wrong.push(format!("admin_beyond_loopback is “{beyond}”: say yes or no"));
    }
    if text == "off" || text.is_empty() {
        return None;
    }
    let Ok(address) = text.parse::<SocketAddr>() else {
        wrong.push(format!("admin_listen is “{text}”: give an address and a port, such as 127.0.0.1:8090, or off"));
        return None;
    };
    if !address.ip().is_loopback() && beyond != "yes" {
        wrong.push(format!(
            "admin_listen is {address}, which other machines may reach: keep it on loopback, or say so with \
             admin_beyond_loopback = yes"
        ));
    }
    Some(address)
}

/// Where whoever started the service wants to be told that it is ready, and how often that it is alive: the protocol of
/// systemd (`sd_notify(3)`), whose two variables are not settings of ours.
#[must_use]
pub fn supervisor() -> Option<(OsString, Option<Duration>)> {
    let socket = std::env::var_os("NOTIFY_SOCKET").filter(|socket| !socket.is_empty())?;
    let watchdog = std::env::var_os("WATCHDOG_USEC").and_then(|text| text.to_str()?.parse().ok());
    Some((socket, watchdog.map(Duration::from_micros)))
}

/// How WeChat is reached; what is wrong with that is told.
fn of_wechat(text: impl Fn(&str) -> String, wrong: &mut Vec<String>) -> wechat::Settings {
    let mut settings = wechat::Settings::default();
    wrong.extend(wechat::SETTINGS.iter().filter_map(|setting| setting.read(&mut settings, &text(setting.key)).err()));
    wrong.extend(settings.contradictions());
    settings
}

/// How messages go out; what is wrong with that is told.
fn of_outbox(text: impl Fn(&str) -> String, wrong: &mut Vec<String>) -> outbound::Settings {
    let mut settings = outbound::Settings::default();
    wrong.extend(outbound::SETTINGS.iter().filter_map(|setting| setting.read(&mut settings, &text(setting.key)).err()));
    settings
}

/// A whole number from 1 to `most`.
fn whole(key: &str, text: &str, most: u16, wrong: &mut Vec<String>) -> u16 {
    let read = text.trim().parse().ok().filter(|number| (1..=most).contains(number));
    read.unwrap_or_else(|| {
        wrong.push(format!("{key} is “{text}”: give a whole number from 1 to {most}"));
        most
    })
}

/// The datum in which alone positions are published, if there is one.
fn public_crs(text: &str, wrong: &mut Vec<String>) -> Option<Crs> {
    if text.is_empty() {
        return None;
    }
    text.parse().map_err(|error| wrong.push(format!("public_crs is “{text}”: {error}"))).ok()
}

/// The tiles of the map, whose datum nobody may guess: the page speaks of positions in that one.
fn map_tiles(text: impl Fn(&str) -> String, public: Option<Crs>, wrong: &mut Vec<String>) -> Option<MapTiles> {
    let template = text("map_tiles");
    if template.is_empty() {
        return None;
    }
    let crs = text("map_tiles_crs").parse().ok().filter(|crs| public.is_none_or(|public| public == *crs));
    let Some(crs) = crs else {
        wrong.push(
            "map_tiles_crs must say in which datum map_tiles are drawn: wgs84 or gcj02, that of public_crs if set"
                .to_owned(),
        );
        return None;
    };
    let tiles = MapTiles::new(&template, crs, &text("map_attribution"));
    tiles.map_err(|violation| wrong.push(format!("map_tiles is “{template}”: {}", violation.message))).ok()
}

/// The limits of the front door; what is wrong with them is told.
fn limits(text: impl Fn(&str) -> String, wrong: &mut Vec<String>) -> Limits {
    let mut limits = Limits::default();
    wrong.extend(LIMITS.iter().filter_map(|limit| limit.read(&mut limits, &text(limit.key)).err()));
    wrong.extend(limits.contradictions());
    limits
}

fn read_file(path: &Path, wrong: &mut Vec<String>) -> BTreeMap<String, (String, String)> {
    let read = File::from(path).format(FileFormat::Toml).required(true).collect();
    match read {
        Ok(values) => known(values.into_iter().collect(), |key| format!("{key} in {}", path.display()), wrong),
        Err(error) => {
            wrong.push(format!("{}: {error}", path.display()));
            BTreeMap::new()
        }
    }
}

/// The values of known keys as text, with where they were found; the others are told.
fn known(
    values: BTreeMap<String, Value>,
    place: impl Fn(&str) -> String,
    wrong: &mut Vec<String>,
) -> BTreeMap<String, (String, String)> {
    let mut known = BTreeMap::new();
    for (key, value) in values {
        let place = place(&key);
        let is_known = settings().any(|setting| setting.key == key);
        match value.into_string() {
            Ok(text) if is_known => {
                known.insert(key, (text, place));
            }
            Ok(_) | Err(_) if !is_known => {
                let keys: Vec<_> = settings().map(|setting| setting.key).collect();
                wrong.push(format!("{place} is no setting; the settings are {}", keys.join(", ")));
            }
            _ => wrong.push(format!("{place} must be a text")),
        }
    }
    known
}

/// A URL with its password blotted out, wherever it stands in it.
fn without_password(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let blot = |pair: &str| match pair.split_once('=') {
        Some((key, _)) if key.to_lowercase().contains("pass") => format!("{key}=***"),
        _ => pair.to_owned(),
    };
    let query = query.split('&').map(blot).collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let credentials = address.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)));
    match credentials.and_then(|(scheme, (user, host))| Some((scheme, user.split_once(':')?.0, host))) {
        Some((scheme, user, host)) => format!("{scheme}://{user}:***@{host}{mark}{query}"),
        None => format!("{address}{mark}{query}"),
    }
}

/// Whether a log filter says what it seems to say: a bare word that is no level would silence everything else.
fn check_log(filter: &str) -> Result<(), String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let stray = filter.split(',').find(|part| !part.contains('=') && !LEVELS.contains(&part.trim()));
    if let Some(stray) = stray {
        return Err(format!("“{stray}” is no level: write one of {}, or target=level", LEVELS.join(", ")));
    }
    tracing_subscriber::EnvFilter::try_new(filter).map(drop).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_and_its_origin_is_told() {
        let config = Config::read(None, &[("listen", "127.0.0.1:9".to_owned())], &[]);
        let shown = config.map(|config| config.shown.get("listen").cloned());
        assert_eq!(shown.ok().flatten(), Some(("127.0.0.1:9".to_owned(), "--listen".to_owned())));
    }

    #[test]
    fn everything_wrong_is_listed_at_once() {
        let flags = [("listen", "nowhere".to_owned()), ("database_url", "mysql://x".to_owned())];
        let wrong = Config::read(None, &flags, &[]).map_err(|error| error.0.len());
        assert_eq!(wrong.err(), Some(2));
    }

    #[test]
    fn people_come_back_from_wechat_to_the_public_address_alone() {
        let account = [
            ("wechat_account_app_id", "wx00112233445566bb".to_owned()),
            ("wechat_account_secret_file", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").to_owned()),
            ("listen", "0.0.0.0:80".to_owned()),
        ];
        let wrong = Config::read(None, &account, &[]).map(drop).map_err(|error| error.to_string());
        assert!(wrong.is_err_and(|wrong| wrong.contains("wechat_account_app_id needs public_url")));
        let public = ("public_url", "https://toilets.example".to_owned());
        assert!(Config::read(None, &[&account[..], &[public]].concat(), &[]).is_ok());
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in ["postgres://me:s3cret@127.0.0.1/gongce", "postgres://me@127.0.0.1/gongce?password=s3cret&a=b"] {
            let flags = [("database_url", url.to_owned())];
            let shown = Config::read(None, &flags, &[]).map(|config| format!("{config:?}")).unwrap_or_default();
            assert!(shown.contains("127.0.0.1/gongce") && !shown.contains("s3cret"), "{shown}");
        }
    }
}
